import { MalformedBox } from '../isobmff/box.ts';

/**
 * The NAL units of a sample of H.264 or HEVC, which has a length of `lengthBytes` before each (ISO/IEC 14496-15
 * §5.3.4.2, §8.3.3.1). Empty ones are left out. They are parts of `data`. Throws MalformedBox.
 */
export function nalUnits(data: Uint8Array, lengthBytes: number): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at < data.byteLength; ) {
    let length = 0;
    for (const byte of data.subarray(at, at + lengthBytes)) length = length * 256 + byte;
    const start = at + lengthBytes;
    at = start + length;
    if (at > data.byteLength) throw new MalformedBox('mdat', 'a NAL unit is cut short');
    if (length > 0) units.push(data.subarray(start, at));
  }
  return units;
}
