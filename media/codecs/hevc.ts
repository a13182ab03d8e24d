import { MalformedBox } from '../isobmff/box.ts';
import type { Configuration } from './avc.ts';

/** Bytes of an HEVCDecoderConfigurationRecord before its parameter sets (ISO/IEC 14496-15 §8.3.2.1.2). */
const RECORD_BYTES = 23;

/** How `general_profile_space` 0 to 3 is printed. */
const PROFILE_SPACES = ['', 'A', 'B', 'C'] as const;

/**
 * The codec string of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15 annex E.3): `hvc1.1.6.L93.B0` is profile,
 * compatible profiles, tier and level, and the constraint bytes up to the last that is not 0.
 */
export function codec(sampleEntry: string, hvcC: Uint8Array): string {
  if (hvcC.byteLength < RECORD_BYTES) throw new MalformedBox('hvcC', 'cut short');
  const [, profile = 0, ...rest] = hvcC;
  const tier = profile & 0x20 ? 'H' : 'L';
  return [
    sampleEntry,
    `${PROFILE_SPACES[profile >> 6] ?? ''}${profile & 0x1f}`,
    hex(compatibility(rest.slice(0, 4))),
    `${tier}${rest[10] ?? 0}`,
    ...constraints(rest.slice(4, 10)).map(hex),
  ].join('.');
}

/** "in reverse bit order": the flag of profile 0 is the least significant. */
function compatibility(flags: readonly number[]): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) {
    const byte = flags[bit >> 3] ?? 0;
    if (byte & (0x80 >> (bit & 7))) reversed += 2 ** bit;
  }
  return reversed;
}

/** "trailing bytes that are zero may be omitted". */
const constraints = (bytes: readonly number[]) =>
  bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1);

const hex = (value: number) => value.toString(16).toUpperCase();

/**
 * Reads an `hvcC`: how long lengths are, and the NAL units in its arrays (ISO/IEC 14496-15 §8.3.3.1.2). Throws
 * MalformedBox.
 */
export function readConfiguration(hvcC: Uint8Array): Configuration {
  const units: Uint8Array[] = [];
  let at = RECORD_BYTES;
  const u16 = () => {
    at += 2;
    return ((hvcC[at - 2] ?? 0) << 8) | (hvcC[at - 1] ?? 0);
  };
  for (let arrays = hvcC[RECORD_BYTES - 1] ?? 0; arrays > 0; arrays--) {
    at += 1;
    for (let count = u16(); count > 0 && at <= hvcC.byteLength; count--) {
      const start = at + 2;
      at = start + u16();
      units.push(hvcC.subarray(start, at));
    }
  }
  if (at > hvcC.byteLength) throw new MalformedBox('hvcC', 'cut short');
  return { lengthBytes: ((hvcC[21] ?? 0) & 3) + 1, parameterSets: units };
}
