import type { Configuration } from '../codecs/avc.ts';
import { nalUnits } from '../codecs/nal-units.ts';
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
