import type { Size } from './avc-sps.ts';
import { Bits } from './bits.ts';

/** `obu_type` of a sequence header (AV1 Bitstream & Decoding Process Specification §6.2.2). */
const SEQUENCE_HEADER = 1;

/** Bytes of an `av1C` before its OBUs (AV1 Codec ISO Media File Format Binding §2.3.3). */
export const AV1C_BYTES = 4;

/** A `leb128` has eight bytes at the most (§4.10.5). */
const LEB128_MAX = 8;

/** The largest size of a sequence, from the first sequence header among OBUs; null where there is none. Throws MalformedBox. */
export function readSize(obus: Uint8Array): Size | null {
  for (let at = 0; at < obus.byteLength; ) {
    const header = obus[at] ?? 0;
    at += header & 4 ? 2 : 1;
    const length = header & 2 ? readLength(obus, at) : { value: obus.byteLength - at, bytes: 0 };
    at += length.bytes;
    if (((header >> 3) & 15) === SEQUENCE_HEADER) return readSequence(obus.subarray(at, at + length.value));
    at += length.value;
  }
  return null;
}

/** `leb128` (§4.10.5): seven bits a byte, the lowest first. */
function readLength(bytes: Uint8Array, from: number): { readonly value: number; readonly bytes: number } {
  let value = 0;
  for (let count = 0; count < LEB128_MAX; count++) {
    const byte = bytes[from + count] ?? 0;
    value += (byte & 0x7f) * 2 ** (count * 7);
    if (!(byte & 0x80)) return { value, bytes: count + 1 };
  }
  return { value, bytes: LEB128_MAX };
}

/** `sequence_header_obu` up to the size (§5.5.1). */
function readSequence(obu: Uint8Array): Size {
  const bits = new Bits(obu, 'sequence header');
  bits.skip(4);
  const isReduced = bits.flag();
  if (isReduced) bits.skip(5);
  else skipOperatingPoints(bits);
  const widthBits = bits.read(4) + 1;
  const heightBits = bits.read(4) + 1;
  return { width: bits.read(widthBits) + 1, height: bits.read(heightBits) + 1 };
}

function skipOperatingPoints(bits: Bits): void {
  const delayBits = bits.flag() ? readTiming(bits) : null;
  const hasDisplayDelay = bits.flag();
  const points = bits.read(5) + 1;
  for (let point = 0; point < points; point++) {
    bits.skip(12);
    if (bits.read(5) > 7) bits.skip(1);
    if (delayBits !== null && bits.flag()) bits.skip(delayBits * 2 + 1);
    if (hasDisplayDelay && bits.flag()) bits.skip(4);
  }
}

/** `timing_info` and `decoder_model_info` (§5.5.3, §5.5.4); gives the bits of a delay, or null without a model. */
function readTiming(bits: Bits): number | null {
  bits.skip(64);
  if (bits.flag()) bits.ue();
  if (!bits.flag()) return null;
  const delayBits = bits.read(5) + 1;
  bits.skip(42);
  return delayBits;
}
