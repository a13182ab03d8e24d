import { MalformedBox } from '../isobmff/box.ts';
import { u16, u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { Bits, rawPayload } from './bits.ts';

/** NAL unit types (ISO/IEC 14496-10 table 7-1). */
const IDR_SLICE = 5;
const SEQUENCE_PARAMETERS = 7;
const PICTURE_PARAMETERS = 8;
const DELIMITER = 9;
const FILLER = 12;

/** What the NAL units of a picture are, sorted. */
export type Picture = {
  /** Decodable without pictures before it. */
  readonly isKey: boolean;
  readonly sequenceSets: readonly Uint8Array[];
  readonly pictureSets: readonly Uint8Array[];
  /** Slices and their supplements, each with its length in four bytes before it (ISO/IEC 14496-15 §5.3.4.2). */
  readonly data: Uint8Array;
};

const typeOf = (unit: Uint8Array) => (unit[0] ?? 0) & 0x1f;
const isSlice = (unit: Uint8Array) => typeOf(unit) >= 1 && typeOf(unit) <= IDR_SLICE;

/**
 * Sorts the NAL units of a picture for a sample whose parameter sets are in its entry. Null when there is no slice
 * among them.
 */
export function sortPicture(units: readonly Uint8Array[]): Picture | null {
  if (!units.some(isSlice)) return null;
  const inSample = units.filter((unit) => {
    const type = typeOf(unit);
    return unit.byteLength > 0 && (type < SEQUENCE_PARAMETERS || type > DELIMITER) && type !== FILLER;
  });
  return {
    isKey: units.some((unit) => typeOf(unit) === IDR_SLICE),
    sequenceSets: units.filter((unit) => typeOf(unit) === SEQUENCE_PARAMETERS),
    pictureSets: units.filter((unit) => typeOf(unit) === PICTURE_PARAMETERS),
    data: join(inSample.flatMap((unit) => [u32(unit.byteLength), unit])),
  };
}

/** Profiles whose record ends with chroma format and bit depths (ISO/IEC 14496-15 §5.3.3.1.2). */
const WITH_CHROMA: ReadonlySet<number> = new Set([100, 110, 122, 144]);

/** The body of an `avcC` (ISO/IEC 14496-15 §5.3.3.1). Throws MalformedBox. */
export function writeConfiguration(
  sequenceSets: readonly Uint8Array[],
  pictureSets: readonly Uint8Array[],
): Uint8Array {
  const [first] = sequenceSets;
  const [, profile, compatibility, level] = first ?? [];
  if (first === undefined || profile === undefined || compatibility === undefined || level === undefined)
    throw new MalformedBox('sps', 'cut short');
  const listed = (sets: readonly Uint8Array[]) => sets.flatMap((set) => [u16(set.byteLength), set]);
  return join([
    Uint8Array.of(1, profile, compatibility, level, 0xff, 0xe0 | sequenceSets.length),
    ...listed(sequenceSets),
    Uint8Array.of(pictureSets.length),
    ...listed(pictureSets),
    WITH_CHROMA.has(profile) ? writeChroma(first) : new Uint8Array(),
  ]);
}

function writeChroma(sequenceSet: Uint8Array): Uint8Array {
  const bits = new Bits(rawPayload(sequenceSet.subarray(4)), 'sps');
  bits.ue();
  const format = bits.ue();
  if (format === 3) bits.skip(1);
  return Uint8Array.of(0xfc | format, 0xf8 | bits.ue(), 0xf8 | bits.ue(), 0);
}
