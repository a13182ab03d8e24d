import { MalformedBox } from '../isobmff/box.ts';

/** What an ADTS header says of all frames of a stream. */
export type AdtsStream = {
  /** MPEG-4 audio object type 1 to 4. */
  readonly objectType: number;
  readonly frequencyIndex: number;
  readonly channels: number;
};

const HEADER_BYTES = 7;

/** A frame's length has 13 bits and includes the header. */
export const FRAME_MAX_BYTES = 0x1fff - HEADER_BYTES;

/**
 * Reads an AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1); null for what ADTS can't say: other object types than the
 * first four, rates that are not in the table, channels that are described and not numbered. HE-AAC is said as the
 * AAC-LC that it contains, whose decoder finds the rest by itself (§1.6.5).
 */
export function readStream(config: Uint8Array): AdtsStream | null {
  const bits = new DataView(new ArrayBuffer(8));
  for (let at = 0; at < 8; at++) bits.setUint8(at, config[at] ?? 0);
  const take = (from: number, count: number) =>
    Number((bits.getBigUint64(0) >> BigInt(64 - from - count)) & ((1n << BigInt(count)) - 1n));
  const first = take(0, 5);
  const frequencyIndex = take(5, 4);
  const channels = take(9, 4);
  const isExtended = first === 5 || first === 29;
  if (frequencyIndex > 12 || channels === 0 || channels > 7) return null;
  if (isExtended && take(13, 4) === 15) return null;
  const objectType = isExtended ? take(17, 5) : first;
  return objectType >= 1 && objectType <= 4 ? { objectType, frequencyIndex, channels } : null;
}

/** The header of a frame of AAC (ISO/IEC 13818-7 §6.2), without a checksum. */
export function adtsHeader(
  { objectType, frequencyIndex, channels }: AdtsStream,
  frameBytes: number,
): Uint8Array {
  if (frameBytes > FRAME_MAX_BYTES) throw new MalformedBox('mdat', `a frame of ${frameBytes} bytes of AAC`);
  const length = frameBytes + HEADER_BYTES;
  return Uint8Array.of(
    0xff,
    0xf1,
    ((objectType - 1) << 6) | (frequencyIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    (length >> 3) & 0xff,
    // The buffer's fullness is not known: all ones stand for a variable bit rate.
    ((length & 7) << 5) | 0x1f,
    0xfc,
  );
}
