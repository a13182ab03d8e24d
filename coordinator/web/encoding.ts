import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { readWeights } from '../../runtime/accept-encoding.ts';

/** Content codings that files are kept in (RFC 9110 §8.4.1), the best first. */
const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

/** Quality 11 costs a second of a start for 2 % of the bytes. */
const BROTLI_QUALITY = 9;

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);

/** The same bytes in every coding that makes them smaller; `identity` is always there. */
export type Encoded = { readonly identity: Uint8Array } & { readonly [C in Coding]?: Uint8Array };

export async function encode(bytes: Uint8Array): Promise<Encoded> {
  const [br, gz] = await Promise.all([
    brotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
    zip(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  const smaller = (coded: Uint8Array) => coded.byteLength < bytes.byteLength;
  return { identity: bytes, ...(smaller(br) && { br }), ...(smaller(gz) && { gzip: gz }) };
}

/** The best coding that the client takes, by an `Accept-Encoding` header (RFC 9110 §12.5.3). */
export function choose(encoded: Encoded, acceptEncoding: string | undefined): Coding {
  const weightOf = readWeights(acceptEncoding ?? '');
  const taken = (coding: Coding) => (weightOf(coding) ?? 0) > 0;
  return CODINGS.find((coding) => encoded[coding] && taken(coding)) ?? 'identity';
}
