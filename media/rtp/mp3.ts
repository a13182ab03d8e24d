import { readFrame } from '../codecs/mp3-frame.ts';
import { u16 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { fragments } from './fragments.ts';
import { MalformedPayload } from './packet.ts';

/** 16 bits that are 0, then where in its frame the payload starts (RFC 2250 §3.5). */
const HEAD_BYTES = 4;

/** Where MPEG audio has no rate of its own in SDP (RFC 2250 §3.2). Ticks a second. */
export const MPEG_RATE = 90_000;

/**
 * The frames of MP3 in the payloads of one timestamp: several whole ones, or one in fragments (RFC 2250 §3.5). Throws
 * MalformedPayload or MalformedBox.
 */
export function frames(payloads: readonly Uint8Array[]): Uint8Array[] {
  let expected = 0;
  const parts = payloads.map((payload) => {
    if (payload.byteLength <= HEAD_BYTES) throw new MalformedPayload('MP3', 'cut short');
    const offset = ((payload[2] ?? 0) << 8) | (payload[3] ?? 0);
    if (offset !== 0 && offset !== expected) throw new MalformedPayload('MP3', 'a fragment is missing');
    expected = offset + payload.byteLength - HEAD_BYTES;
    return payload.subarray(HEAD_BYTES);
  });
  return split(join(parts));
}

function split(bytes: Uint8Array): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const length = readFrame(bytes.subarray(at)).bytes;
    if (length === null) throw new MalformedPayload('MP3', 'its bit rate is not said');
    if (at + length > bytes.byteLength) throw new MalformedPayload('MP3', 'a frame is cut short');
    found.push(bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}

/** The payloads of one frame, each of at most `maxBytes`; each says where in its frame it starts. */
export function payloads(frame: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  let offset = 0;
  return fragments(frame, maxBytes - HEAD_BYTES).map((part) => {
    const payload = join([u16(0, offset), part]);
    offset += part.byteLength;
    return payload;
  });
}
