import type { Configuration } from '../codecs/avc.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Sample } from '../sample.ts';

/** NAL unit types (ISO/IEC 14496-10 table 7-1). */
const SEQUENCE_PARAMETERS = 7;
const DELIMITER = 9;

const START_CODE = Uint8Array.of(0, 0, 0, 1);

/** "all slice types" may follow; ISO/IEC 13818-1 §2.14.1 wants a delimiter before each picture. */
const ACCESS_UNIT_DELIMITER = Uint8Array.of(0, 0, 0, 1, DELIMITER, 0xf0);

/**
 * A sample as a byte stream (ISO/IEC 14496-10 annex B): a delimiter, the parameter sets where a decoder can start
 * and the sample does not bring its own, then its NAL units.
 */
export function byteStream(
  { data, sync }: Sample,
  { lengthBytes, parameterSets }: Configuration,
): Uint8Array[] {
  const units = nalUnits(data, lengthBytes).filter((unit) => typeOf(unit) !== DELIMITER);
  const isSelfContained = units.some((unit) => typeOf(unit) === SEQUENCE_PARAMETERS);
  const own = sync && !isSelfContained ? parameterSets : [];
  return [ACCESS_UNIT_DELIMITER, ...[...own, ...units].flatMap((unit) => [START_CODE, unit])];
}

const typeOf = (unit: Uint8Array) => (unit[0] ?? 0) & 0x1f;

/** ISO/IEC 14496-15 §5.3.4.2: a length before each unit. Empty ones are left out. */
function nalUnits(data: Uint8Array, lengthBytes: number): Uint8Array[] {
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
