import { type Box, children, find, fourcc, need, viewOf } from '../../../media/isobmff/box.ts';
import { readFragment } from '../../../media/isobmff/fragment.ts';
import { type MovieTrack, readMovie } from '../../../media/isobmff/movie.ts';
import type { Sample } from '../../../media/sample.ts';

/** What a Media Initialization Section says of its first track. */
export type InitFacts = {
  readonly tracks: readonly MovieTrack[];
  readonly timescale: number;
  readonly handler: string;
  readonly brands: readonly string[];
  /** A sample table that is not empty. */
  readonly hasSamples: boolean;
  /** Seconds that the edit list takes off each time. */
  readonly offset: number;
};

/** What a segment or part holds of its first track. */
export type MediaFacts = {
  /** Decode time of the first sample, in ticks. */
  readonly time: number;
  /** Ticks of all its samples. */
  readonly duration: number;
  /** Presentation time of the sample that is shown first, in seconds. */
  readonly shownAt: number;
  readonly startsIndependent: boolean;
  readonly hasIndependent: boolean;
  /** Every track fragment counts its offsets from its own moof. */
  readonly isSelfContained: boolean;
};

/** The facts, or why there are none. */
export type Read<Facts> =
  | { readonly ok: true; readonly facts: Facts }
  | { readonly ok: false; readonly problem: string };

function attempt<Facts>(read: () => Facts): Read<Facts> {
  try {
    return { ok: true, facts: read() };
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : 'unreadable' };
  }
}

const top = (bytes: Uint8Array) => children(bytes, 0, bytes.byteLength);

export const readInit = (bytes: Uint8Array): Read<InitFacts> =>
  attempt(() => {
    const boxes = top(bytes);
    const [ftyp, moov] = ['ftyp', 'moov'].map((type) => boxes.find((box) => box.type === type));
    if (ftyp === undefined || moov === undefined) throw new Error('has no ftyp or no moov');
    const tracks = readMovie(bytes, moov);
    const track = tracks[0];
    if (track === undefined) throw new Error('has no track');
    const { timescale, handler } = track;
    const offset = editOffset(bytes, moov) / timescale;
    return {
      tracks,
      timescale,
      handler,
      brands: brandsOf(bytes, ftyp),
      hasSamples: hasSamples(bytes, moov),
      offset,
    };
  });

/** ISO/IEC 14496-12 §4.3: the compatible brands, behind the major brand and its version. */
function brandsOf(bytes: Uint8Array, ftyp: Box): readonly string[] {
  const view = viewOf(bytes);
  const count = Math.max(0, (ftyp.end - ftyp.body - 8) / 4);
  return Array.from({ length: count }, (_, index) => fourcc(view, ftyp.body + 8 + 4 * index));
}

/** §8.6.1.2, §8.7.4, §8.7.3 and §8.7.5: where each table has its count of entries. */
const COUNTS: Readonly<Record<string, number>> = { stts: 4, stsc: 4, stsz: 8, stco: 4 };

function hasSamples(bytes: Uint8Array, moov: Box): boolean {
  const view = viewOf(bytes);
  const traks = children(bytes, moov.body, moov.end).filter(({ type }) => type === 'trak');
  return traks.some((trak) => {
    const table = need(bytes, trak, 'mdia', 'minf', 'stbl');
    return children(bytes, table.body, table.end).some(({ type, body }) => {
      const at = COUNTS[type];
      return at !== undefined && view.getUint32(body + at) > 0;
    });
  });
}

/** §8.6.6: the media time of the first edit, in ticks of the track. */
function editOffset(bytes: Uint8Array, moov: Box): number {
  const edits = find(bytes, need(bytes, moov, 'trak'), 'edts');
  if (edits === null) return 0;
  const list = need(bytes, edits, 'elst');
  const view = viewOf(bytes);
  if (view.getUint32(list.body + 4) === 0) return 0;
  const isLong = view.getUint8(list.body) === 1;
  const time = isLong ? Number(view.getBigInt64(list.body + 16)) : view.getInt32(list.body + 12);
  return Math.max(0, time);
}

/** `default-base-is-moof` (§8.8.7.1). */
const BASE_IS_MOOF = 0x02_0000;

/** Reads the fragments of a segment, a part, or an I-frame, whose last `mdat` may be cut short. */
export const readMedia = (bytes: Uint8Array, init: InitFacts): Read<MediaFacts> =>
  attempt(() => {
    const fragments = fragmentsIn(padded(bytes), init.tracks);
    const samples = fragments.flatMap(({ samples: own }) => own);
    const first = samples[0];
    if (first === undefined) throw new Error('has no samples');
    return {
      time: first.dts,
      duration: samples.reduce((sum, { duration }) => sum + duration, 0),
      shownAt: Math.min(...samples.slice(0, REORDERED_MAX).map(shown)) / init.timescale - init.offset,
      startsIndependent: first.sync,
      hasIndependent: samples.some(({ sync }) => sync),
      isSelfContained: fragments.every(({ isSelfContained }) => isSelfContained),
    };
  });

/** No codec shows a frame earlier than one that is so far in front of it. */
const REORDERED_MAX = 32;

const shown = ({ dts, compositionOffset }: Sample) => dts + compositionOffset;

/** An I-frame's range may end with its frame, in the middle of an mdat: the rest is of no interest here. */
function padded(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at + 8 <= bytes.byteLength) {
    const size = viewOf(bytes).getUint32(at);
    if (size < 8) break;
    at += size;
  }
  if (at <= bytes.byteLength) return bytes;
  const whole = new Uint8Array(at);
  whole.set(bytes);
  return whole;
}

function fragmentsIn(bytes: Uint8Array, tracks: readonly MovieTrack[]) {
  const boxes = top(bytes);
  return boxes.flatMap((moof, index) => {
    if (moof.type !== 'moof') return [];
    const mdat = boxes[index + 1];
    if (mdat?.type !== 'mdat') throw new Error('has a moof without mdat behind it');
    const runs = readFragment(
      bytes.subarray(moof.start, moof.end),
      { ...moof, start: 0, body: moof.body - moof.start, end: moof.end - moof.start },
      bytes.subarray(mdat.start, mdat.end),
      tracks,
    );
    const isSelfContained =
      (viewOf(bytes).getUint32(need(bytes, moof, 'traf', 'tfhd').body) & BASE_IS_MOOF) > 0;
    return [{ samples: runs[0]?.samples ?? [], isSelfContained }];
  });
}
