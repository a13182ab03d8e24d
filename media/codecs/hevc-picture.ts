import { u16, u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { readSequence } from './hevc-sps.ts';

/** NAL unit types (ISO/IEC 23008-2 table 7-1). */
const RASL_TYPES: readonly number[] = [8, 9];
const SLICE_TYPE_MAX = 31;
const FIRST_KEY = 16;
const LAST_KEY = 23;
const VIDEO_PARAMETERS = 32;
const SEQUENCE_PARAMETERS = 33;
const PICTURE_PARAMETERS = 34;
const DELIMITER = 35;
const FILLER = 38;

/** The parameter sets of a stream. */
export type ParameterSets = {
  readonly video: readonly Uint8Array[];
  readonly sequence: readonly Uint8Array[];
  readonly picture: readonly Uint8Array[];
};

/** What the NAL units of a picture are, sorted. */
export type Picture = {
  /** Decoding can start with it: an instantaneous refresh, a clean random access or a broken link. */
  readonly isKey: boolean;
  /** It leads a key frame with which decoding can't have started (RASL). */
  readonly isSkipped: boolean;
  /** Slices and their supplements, each with its length in four bytes before it (ISO/IEC 14496-15 §8.3.3.1). */
  readonly data: Uint8Array;
};

const typeOf = (unit: Uint8Array) => ((unit[0] ?? 0) >> 1) & 0x3f;
const ofType = (units: readonly Uint8Array[], type: number) => units.filter((unit) => typeOf(unit) === type);

/** The parameter sets among NAL units. */
export const sortSets = (units: readonly Uint8Array[]): ParameterSets => ({
  video: ofType(units, VIDEO_PARAMETERS),
  sequence: ofType(units, SEQUENCE_PARAMETERS),
  picture: ofType(units, PICTURE_PARAMETERS),
});

/**
 * Sorts the NAL units of a picture for a sample whose parameter sets are in its entry. Null when there is no slice
 * among them.
 */
export function sortPicture(units: readonly Uint8Array[]): Picture | null {
  const slice = units.find((unit) => typeOf(unit) <= SLICE_TYPE_MAX);
  if (slice === undefined) return null;
  const inSample = units.filter((unit) => {
    const type = typeOf(unit);
    return type < VIDEO_PARAMETERS || (type > DELIMITER && type !== FILLER);
  });
  return {
    isKey: typeOf(slice) >= FIRST_KEY && typeOf(slice) <= LAST_KEY,
    isSkipped: RASL_TYPES.includes(typeOf(slice)),
    data: join(inSample.flatMap((unit) => [u32(unit.byteLength), unit])),
  };
}

/**
 * The body of an `hvcC` (ISO/IEC 14496-15 §8.3.3.1.2) with lengths of four bytes, from the first sequence parameter
 * set; null where there is none. What the record may leave open, such as frame rates, is left open. Throws
 * MalformedBox.
 */
export function writeConfiguration(sets: ParameterSets): Uint8Array | null {
  const [first] = sets.sequence;
  if (first === undefined) return null;
  const { profile, chroma, lumaDepth, chromaDepth, subLayers, isNested } = readSequence(first);
  const rest = (subLayers << 3) | (isNested ? 4 : 0) | 3;
  const lists = [
    [VIDEO_PARAMETERS, sets.video],
    [SEQUENCE_PARAMETERS, sets.sequence],
    [PICTURE_PARAMETERS, sets.picture],
  ] as const;
  const arrays = lists.filter(([, units]) => units.length > 0);
  return join([
    Uint8Array.of(1),
    profile,
    u16(0xf000),
    Uint8Array.of(0xfc, 0xfc | chroma, 0xf8 | lumaDepth, 0xf8 | chromaDepth),
    u16(0),
    Uint8Array.of(rest, arrays.length),
    ...arrays.flatMap(([type, units]) => writeArray(type, units)),
  ]);
}

/** All parameter sets are here, none in samples: `array_completeness`. */
const COMPLETE = 0x80;

const writeArray = (type: number, units: readonly Uint8Array[]) => [
  Uint8Array.of(COMPLETE | type),
  u16(units.length),
  ...units.flatMap((unit) => [u16(unit.byteLength), unit]),
];
