import type { Ticks } from '../time.ts';
import { type Box, children, find, fourcc, MalformedBox, need, viewOf } from './box.ts';

/** A track as a `moov` describes it. */
export type MovieTrack = {
  readonly id: number;
  /** `vide`, `soun` or another handler type. */
  readonly handler: string;
  readonly timescale: number;
  /** The media time at which its presentation starts, by its edit list. */
  readonly mediaTime: Ticks;
  /** The first sample entry, whole: codec, its configuration, size or channels. */
  readonly sampleEntry: Uint8Array;
  /** Used where a fragment does not say otherwise (ISO/IEC 14496-12 §8.8.3). */
  readonly defaults: SampleDefaults;
};

export type SampleDefaults = { readonly duration: Ticks; readonly size: number; readonly flags: number };

/** Reads the tracks of a fragmented file's `moov`. */
export function readMovie(bytes: Uint8Array, moov: Box): MovieTrack[] {
  const defaults = readDefaults(bytes, moov);
  return children(bytes, moov.body, moov.end)
    .filter((box) => box.type === 'trak')
    .map((trak) => readTrack(bytes, trak, defaults));
}

function readTrack(bytes: Uint8Array, trak: Box, defaults: ReadonlyMap<number, SampleDefaults>): MovieTrack {
  const view = viewOf(bytes);
  const id = readTrackId(view, need(bytes, trak, 'tkhd'));
  return {
    id,
    handler: fourcc(view, need(bytes, trak, 'mdia', 'hdlr').body + 8),
    timescale: readTimescale(view, need(bytes, trak, 'mdia', 'mdhd')),
    mediaTime: readMediaTime(bytes, trak),
    sampleEntry: readSampleEntry(bytes, need(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd')),
    defaults: defaults.get(id) ?? { duration: 0, size: 0, flags: 0 },
  };
}

const isVersion1 = (view: DataView, box: Box) => view.getUint8(box.body) === 1;

/** ISO/IEC 14496-12 §8.3.2. */
const readTrackId = (view: DataView, tkhd: Box) =>
  view.getUint32(tkhd.body + (isVersion1(view, tkhd) ? 20 : 12));

/** ISO/IEC 14496-12 §8.4.2. */
function readTimescale(view: DataView, mdhd: Box): number {
  const timescale = view.getUint32(mdhd.body + (isVersion1(view, mdhd) ? 20 : 12));
  if (timescale === 0) throw new MalformedBox('mdhd', 'timescale 0');
  return timescale;
}

/** ISO/IEC 14496-12 §8.6.6: of the first edit, unless that is an empty one. */
function readMediaTime(bytes: Uint8Array, trak: Box): Ticks {
  const edts = find(bytes, trak, 'edts');
  const elst = edts && find(bytes, edts, 'elst');
  if (elst === null) return 0;
  const view = viewOf(bytes.subarray(0, elst.end));
  if (view.getUint32(elst.body + 4) === 0) return 0;
  const long = isVersion1(view, elst);
  const time = long ? Number(view.getBigInt64(elst.body + 16)) : view.getInt32(elst.body + 12);
  return Math.max(0, time);
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
