import { Bits } from '../codecs/bits.ts';
import { MalformedPayload } from './packet.ts';

/** The audio object types that carry another within them (ISO/IEC 14496-3 table 1.17). */
const EXTENSIONS: readonly number[] = [5, 29];
const ESCAPED_TYPE = 31;
const ESCAPED_RATE = 15;

/**
 * The AudioSpecificConfig in a StreamMuxConfig (ISO/IEC 14496-3 §1.7.3.1) that SDP says (RFC 6416 §7.4); null for
 * those of several programs, layers or frames in an element. Throws MalformedBox where it is cut short.
 */
export function readConfig(mux: Uint8Array): Uint8Array | null {
  const bits = new Bits(mux, 'StreamMuxConfig');
  const isVersion1 = bits.flag();
  bits.skip(1);
  const several = bits.read(6) + bits.read(4) + bits.read(3);
  if (isVersion1 || several > 0) return null;
  const start = 15;
  const length = configBits(bits);
  const config = new Bits(mux, 'StreamMuxConfig');
  config.skip(start);
  const bytes = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < bytes.byteLength; at++) {
    const take = Math.min(8, length - at * 8);
    bytes[at] = config.read(take) << (8 - take);
  }
  return bytes;
}

/** Bits of an AudioSpecificConfig (§1.6.2.1) of AAC: its fields, and the three flags of a GASpecificConfig. */
function configBits(bits: Bits): number {
  const before = bits.left;
  const skipRate = () => {
    if (bits.read(4) === ESCAPED_RATE) bits.skip(24);
  };
  const type = bits.read(5);
  if (type === ESCAPED_TYPE) bits.skip(6);
  skipRate();
  bits.skip(4);
  if (EXTENSIONS.includes(type)) {
    skipRate();
    bits.skip(5);
  }
  bits.skip(3);
  return before - bits.left;
}

/**
 * The frame of AAC in the element that the payloads of one timestamp hold (RFC 6416 §6.1): its length comes before it,
 * in bytes of which each but the last is 255. Throws MalformedPayload.
 */
export function frame(element: Uint8Array): Uint8Array {
  let at = 0;
  let length = 0;
  for (let byte = 255; byte === 255; at++) {
    byte = element[at] ?? 0;
    length += byte;
  }
  if (length === 0 || at + length > element.byteLength)
    throw new MalformedPayload('LATM', 'a frame is cut short');
  return element.subarray(at, at + length);
}
