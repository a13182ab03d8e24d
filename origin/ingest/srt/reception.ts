import type { Handshake } from '../../../media/srt/handshake.ts';
import type { Admit, Claim, Publishing } from '../door.ts';
import { REFUSALS, REJECTIONS, type Request, readRequest } from './greeting.ts';
import { MediaKeys } from './media-keys.ts';

/** Whether a caller may publish. */
export type Reception =
  | {
      readonly kind: 'admitted';
      readonly claim: Claim;
      readonly request: Request;
      /** Null where nothing is encrypted. */
      readonly keys: MediaKeys | null;
      readonly publishing: Publishing;
    }
  | {
      readonly kind: 'refused';
      /** Null where the caller did not say it. */
      readonly presentation: string | null;
      /** One of REJECTIONS. */
      readonly code: number;
      readonly reason: string;
    };

type House = { readonly admit: Admit; readonly passphrase?: string };

/**
 * Decides on a conclusion whose cookie is good. The key of the channel comes before the passphrase, whose check
 * costs most of a millisecond: who knows no key can't have it made.
 */
export function receive(asked: Handshake, address: string, { admit, passphrase }: House): Reception {
  const request = readRequest(asked);
  if (request.kind === 'rejected') return refused(null, request.code, request.reason);
  const { stream, keyMaterial } = request;
  if (stream.kind === 'other-mode')
    return refused(null, REJECTIONS.badMode, 'it does not want to publish, and there is nothing else here');
  if (stream.kind === 'malformed')
    return refused(null, REJECTIONS.badRequest, 'its stream id is not publish:<id>:<key>');
  const presentation = stream.resource;
  const secrecy = mismatch(passphrase, keyMaterial);
  if (secrecy !== null) return refused(presentation, REJECTIONS.unsecure, secrecy);
  const claim: Claim = { door: 'srt', presentation, key: stream.key, address };
  const admission = admit(claim);
  if (admission.kind === 'refused') return refused(presentation, REFUSALS[admission.code], admission.reason);
  const { publishing } = admission;
  const keys = passphrase === undefined ? null : new MediaKeys(passphrase);
  if (keys === null || keys.install(keyMaterial ?? new Uint8Array()))
    return { kind: 'admitted', claim, request, keys, publishing };
  publishing.release();
  return refused(presentation, REJECTIONS.badSecret, 'its passphrase is another one');
}

const refused = (presentation: string | null, code: number, reason: string): Reception => ({
  kind: 'refused',
  presentation,
  code,
  reason,
});

function mismatch(passphrase: string | undefined, keyMaterial: Uint8Array | null): string | null {
  if (passphrase !== undefined && keyMaterial === null) return 'it does not encrypt, and has to';
  if (passphrase === undefined && keyMaterial !== null) return 'it encrypts, and there is no passphrase here';
  return null;
}
