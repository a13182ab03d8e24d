import * as Avc from '../codecs/avc-picture.ts';
import * as AvcSet from '../codecs/avc-sps.ts';
import type { VisualEntry } from '../codecs/entry-writer.ts';
import * as Hevc from '../codecs/hevc-picture.ts';
import * as HevcSet from '../codecs/hevc-sps.ts';
import * as H264Payload from './h264.ts';
import * as HevcPayload from './hevc.ts';

/** A picture of H.264 or HEVC as a sample holds it. */
export type NalPicture =
  | {
      readonly kind: 'key';
      readonly data: Uint8Array;
      readonly entry: VisualEntry;
      /** How many pictures may be decoded before one that is shown before them; null where the stream does not say. */
      readonly reorderDepth: number | null;
    }
  | { readonly kind: 'inter'; readonly data: Uint8Array }
  /** Can't be decoded where decoding starts with the key frame before it. */
  | { readonly kind: 'leading'; readonly data: Uint8Array };

/**
 * Makes a picture of the payloads of its packets; null when they hold none that can be decoded. Parameter sets may
 * come once and then be meant for all that follows, so the last ones are kept. Throws MalformedPayload or
 * MalformedBox.
 */
export type ReadNalPicture<Kind extends NalPicture> = (payloads: readonly Uint8Array[]) => Kind | null;

/** What reads the pictures of a stream of H.264; `known` are parameter sets that it may leave out. */
export function h264Reader(
  known: readonly Uint8Array[],
): ReadNalPicture<Exclude<NalPicture, { kind: 'leading' }>> {
  const isType = (type: number) => (unit: Uint8Array) => ((unit[0] ?? 0) & 0x1f) === type;
  let sequenceSets: readonly Uint8Array[] = known.filter(isType(SEQUENCE_SET));
  let pictureSets: readonly Uint8Array[] = known.filter(isType(PICTURE_SET));
  return (payloads) => {
    const units = H264Payload.nalUnits(payloads).map((unit) => unit.slice());
    sequenceSets = newer(sequenceSets, units.filter(isType(SEQUENCE_SET)));
    pictureSets = newer(pictureSets, units.filter(isType(PICTURE_SET)));
    const picture = Avc.sortPicture(units);
    if (picture === null) return null;
    const { data } = picture;
    if (!picture.isKey) return { kind: 'inter', data };
    const [first] = sequenceSets;
    if (first === undefined || pictureSets.length === 0) return null;
    const configuration = Avc.writeConfiguration(sequenceSets, pictureSets);
    const entry: VisualEntry = { type: 'avc1', ...AvcSet.readSize(first), configuration };
    return { kind: 'key', data, entry, reorderDepth: AvcSet.readReorderDepth(first) };
  };
}

/** NAL unit types of parameter sets (ISO/IEC 14496-10 table 7-1). */
const SEQUENCE_SET = 7;
const PICTURE_SET = 8;

/** Sets that came, or those from before. */
const newer = (before: readonly Uint8Array[], now: readonly Uint8Array[]) => (now.length > 0 ? now : before);

/** What reads the pictures of a stream of HEVC; `known` are parameter sets that it may leave out. */
export function hevcReader(known: readonly Uint8Array[]): ReadNalPicture<NalPicture> {
  let sets = Hevc.sortSets(known);
  return (payloads) => {
    const units = HevcPayload.nalUnits(payloads).map((unit) => unit.slice());
    const { video, sequence, picture } = Hevc.sortSets(units);
    sets = {
      video: newer(sets.video, video),
      sequence: newer(sets.sequence, sequence),
      picture: newer(sets.picture, picture),
    };
    const sorted = Hevc.sortPicture(units);
    if (sorted === null) return null;
    const { data } = sorted;
    if (!sorted.isKey) return { kind: sorted.isSkipped ? 'leading' : 'inter', data };
    const configuration = Hevc.writeConfiguration(sets);
    const [first] = sets.sequence;
    if (configuration === null || first === undefined || sets.picture.length === 0) return null;
    const { size, reorderDepth } = HevcSet.readSequence(first);
    return { kind: 'key', data, entry: { type: 'hvc1', ...size, configuration }, reorderDepth };
  };
}
