import type { Ticks } from '../time.ts';
import { type Box, children, find, fourcc, MalformedBox, need, viewOf } from './box.ts';
import { type Rotation, readRotation } from './rotation.ts';

/** A track as a `moov` describes it. */
export type MovieTrack = {
  readonly id: number;
  /** `vide`, `soun` or another handler type. */
  readonly handler: string;
  readonly timescale: number;
  /** The media time at which its presentation starts, by its edit list; negative where it starts late. */
  readonly mediaTime: Ticks;
  /** How its pictures are turned; nothing where they are not. */
  readonly rotation?: Rotation;
  /** The first sample entry, whole: codec, its configuration, size or channels. */
  readonly sampleEntry: Uint8Array;
  /** Used where a fragment does not say otherwise (ISO/IEC 14496-12 §8.8.3). */
  readonly defaults: SampleDefaults;
};

export type SampleDefaults = { readonly duration: Ticks; readonly size: number; readonly flags: number };

/** Reads the tracks of a fragmented file's `moov`. */
export function readMovie(bytes: Uint8Array, moov: Box): MovieTrack[] {
  const defaults = readDefaults(bytes, moov);
  const mvhd = find(bytes, moov, 'mvhd');
  const movieTimescale = mvhd === null ? 1 : readTimescale(viewOf(bytes), mvhd);
  return children(bytes, moov.body, moov.end)
    .filter((box) => box.type === 'trak')
    .map((trak) => readTrack(bytes, trak, movieTimescale, defaults));
}

function readTrack(
  bytes: Uint8Array,
  trak: Box,
  movieTimescale: number,
  defaults: ReadonlyMap<number, SampleDefaults>,
): MovieTrack {
  const view = viewOf(bytes);
  const tkhd = need(bytes, trak, 'tkhd');
  const id = readTrackId(view, tkhd);
  const rotation = readRotation(view, tkhd.body + (isVersion1(view, tkhd) ? 52 : 40));
  const timescale = readTimescale(view, need(bytes, trak, 'mdia', 'mdhd'));
  return {
    id,
    handler: fourcc(view, need(bytes, trak, 'mdia', 'hdlr').body + 8),
    timescale,
    mediaTime: readMediaTime(bytes, trak, timescale / movieTimescale),
    sampleEntry: readSampleEntry(bytes, need(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd')),
    defaults: defaults.get(id) ?? { duration: 0, size: 0, flags: 0 },
    ...(rotation === 0 ? {} : { rotation }),
  };
}

const isVersion1 = (view: DataView, box: Box) => view.getUint8(box.body) === 1;

/** ISO/IEC 14496-12 §8.3.2. */
const readTrackId = (view: DataView, tkhd: Box) =>
  view.getUint32(tkhd.body + (isVersion1(view, tkhd) ? 20 : 12));

/** ISO/IEC 14496-12 §8.2.2 and §8.4.2: of `mvhd` and `mdhd`, at the same place. */
function readTimescale(view: DataView, header: Box): number {
  const timescale = view.getUint32(header.body + (isVersion1(view, header) ? 20 : 12));
  if (timescale === 0) throw new MalformedBox(header.type, 'timescale 0');
  return timescale;
}

/**
 * ISO/IEC 14496-12 §8.6.6: where the first edit starts, less the empty edits before it, whose length is in the
 * movie's timescale.
 */
function readMediaTime(bytes: Uint8Array, trak: Box, ticksPerMovieTick: number): Ticks {
  const edts = find(bytes, trak, 'edts');
  const elst = edts && find(bytes, edts, 'elst');
  if (elst === null) return 0;
  const view = viewOf(bytes.subarray(0, elst.end));
  const long = isVersion1(view, elst);
  let empty = 0;
  for (let edit = 0; edit < view.getUint32(elst.body + 4); edit++) {
    const at = elst.body + 8 + edit * (long ? 20 : 12);
    const time = long ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    if (time >= 0) return time - Math.round(empty * ticksPerMovieTick);
    empty += long ? Number(view.getBigUint64(at)) : view.getUint32(at);
  }
  return 0;
}

/** ISO/IEC 14496-12 §8.5.2: version and flags, a count, then the entries. */
function readSampleEntry(bytes: Uint8Array, stsd: Box): Uint8Array {
  const entry = children(bytes, stsd.body + 8, stsd.end)[0];
  if (entry === undefined) throw new MalformedBox('stsd', 'is empty');
  return bytes.slice(entry.start, entry.end);
}

/** ISO/IEC 14496-12 §8.8.3. */
function readDefaults(bytes: Uint8Array, moov: Box): Map<number, SampleDefaults> {
  const mvex = find(bytes, moov, 'mvex');
  if (mvex === null) throw new MalformedBox('moov', 'has no mvex: the file is not fragmented');
  const view = viewOf(bytes);
  const entries = children(bytes, mvex.body, mvex.end).filter((box) => box.type === 'trex');
  return new Map(
    entries.map(({ body }) => [
      view.getUint32(body + 4),
      {
        duration: view.getUint32(body + 12),
        size: view.getUint32(body + 16),
        flags: view.getUint32(body + 20),
      },
    ]),
  );
}
