import * as Avc from '../codecs/avc-picture.ts';
import * as AvcSet from '../codecs/avc-sps.ts';
import { writeVisual } from '../codecs/entry-writer.ts';
import * as Hevc from '../codecs/hevc-picture.ts';
import * as HevcSet from '../codecs/hevc-sps.ts';
import { nalUnitsOf } from './nal-units.ts';

export type PictureCodec = 'h264' | 'hevc';

/** A picture as a sample holds it. */
export type Picture = {
  readonly sync: boolean;
  readonly data: Uint8Array;
  /** What describes it, where it says so itself: a key frame with its parameter sets. */
  readonly entry: Uint8Array | null;
};

/** Makes a picture of the byte stream in a PES packet; null where there is none. Throws MalformedBox. */
export type ReadPicture = (stream: Uint8Array) => Picture | null;

export const pictureReader = (codec: PictureCodec): ReadPicture =>
  codec === 'h264' ? avcReader() : hevcReader();

type Units = readonly Uint8Array[];

/** Sets that came, or those from before. */
const newer = (before: Units, now: Units) => (now.length > 0 ? now.map((set) => set.slice()) : before);

/** Decoding can start with a refresh, and with a recovery point: where groups of pictures are open, it is all there is. */
function avcReader(): ReadPicture {
  let sequenceSets: Units = [];
  let pictureSets: Units = [];
  return (stream) => {
    const units = nalUnitsOf(stream);
    const picture = Avc.sortPicture(units);
    if (picture === null) return null;
    sequenceSets = newer(sequenceSets, picture.sequenceSets);
    pictureSets = newer(pictureSets, picture.pictureSets);
    const sync = picture.isKey || units.some(isRecoveryPoint);
    const [first] = sequenceSets;
    if (!sync || first === undefined || pictureSets.length === 0)
      return { sync, data: picture.data, entry: null };
    const configuration = Avc.writeConfiguration(sequenceSets, pictureSets);
    const entry = writeVisual({ type: 'avc1', ...AvcSet.readSize(first), configuration });
    return { sync, data: picture.data, entry };
  };
}

/** Supplemental information, and its payload that says so (ISO/IEC 14496-10 §7.3.2.3.1, annex D.1.8). */
const SUPPLEMENT = 6;
const RECOVERY_POINT = 6;

/** Looks at the messages of a unit until it finds one; `recovery_frame_cnt` 0 is a single bit. */
function isRecoveryPoint(unit: Uint8Array): boolean {
  if (((unit[0] ?? 0) & 0x1f) !== SUPPLEMENT) return false;
  for (let at = 1; at + 2 < unit.byteLength; ) {
    const [type, afterType] = readCount(unit, at);
    const [size, body] = readCount(unit, afterType);
    if (type === RECOVERY_POINT) return ((unit[body] ?? 0) & 0x80) !== 0;
    at = body + size;
  }
  return false;
}

/** A number as a row of bytes: all but the last are 255. Gives it and where it ends. */
function readCount(unit: Uint8Array, from: number): readonly [count: number, end: number] {
  let at = from;
  let count = 0;
  while (unit[at] === 0xff) {
    count += 0xff;
    at += 1;
  }
  return [count + (unit[at] ?? 0), at + 1];
}

function hevcReader(): ReadPicture {
  let sets: Hevc.ParameterSets = { video: [], sequence: [], picture: [] };
  return (stream) => {
    const units = nalUnitsOf(stream);
    const picture = Hevc.sortPicture(units);
    if (picture === null) return null;
    const { video, sequence, picture: pictures } = Hevc.sortSets(units);
    sets = {
      video: newer(sets.video, video),
      sequence: newer(sets.sequence, sequence),
      picture: newer(sets.picture, pictures),
    };
    const [first] = sets.sequence;
    const configuration = picture.isKey && sets.picture.length > 0 ? Hevc.writeConfiguration(sets) : null;
    const entry =
      configuration === null || first === undefined
        ? null
        : writeVisual({ type: 'hvc1', ...HevcSet.readSequence(first).size, configuration });
    return { sync: picture.isKey, data: picture.data, entry };
  };
}
