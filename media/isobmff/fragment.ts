import type { Sample } from '../sample.ts';
import { type Box, children, MalformedBox, need, viewOf } from './box.ts';
import type { MovieTrack, SampleDefaults } from './movie.ts';

/** The samples of one track in one movie fragment. */
export type TrackRun = { readonly trackId: number; readonly samples: readonly Sample[] };

/** `sample_is_non_sync_sample` (ISO/IEC 14496-12 §8.8.3.1). */
export const NON_SYNC = 0x0001_0000;

/** Bits of `tf_flags` (§8.8.7.1). */
const BASE_DATA_OFFSET = 0x1;
const DESCRIPTION_INDEX = 0x2;
const DEFAULT_DURATION = 0x8;
const DEFAULT_SIZE = 0x10;
const DEFAULT_FLAGS = 0x20;

/** Bits of `tr_flags` (§8.8.8.1). */
const DATA_OFFSET = 0x1;
const FIRST_FLAGS = 0x4;
const DURATION = 0x100;
const SIZE = 0x200;
const FLAGS = 0x400;
const COMPOSITION = 0x800;

/**
 * Reads a `moof` and the `mdat` behind it. Offsets count from the start of the `moof`
 * (`default-base-is-moof`); `mdat` gives the bytes from the start of its header. Samples are views of it.
 */
export function readFragment(
  moofBytes: Uint8Array,
  moof: Box,
  mdat: Uint8Array,
  tracks: readonly MovieTrack[],
): TrackRun[] {
  const media = { bytes: mdat, offset: moof.end - moof.start };
  return children(moofBytes, moof.body, moof.end)
    .filter((box) => box.type === 'traf')
    .map((traf) => readTrackFragment(moofBytes, traf, media, tracks));
}

/** An hour of audio in frames of 1024 samples at 48 kHz is 168,750: more in one fragment is no encoder's work. */
const SAMPLES_MAX = 2 ** 18;

type Media = { readonly bytes: Uint8Array; readonly offset: number };

function readTrackFragment(
  bytes: Uint8Array,
  traf: Box,
  media: Media,
  tracks: readonly MovieTrack[],
): TrackRun {
  const header = readTrackHeader(bytes, need(bytes, traf, 'tfhd'), tracks);
  let dts = readDecodeTime(bytes, need(bytes, traf, 'tfdt'));
  const samples: Sample[] = [];
  for (const trun of children(bytes, traf.body, traf.end)) {
    if (trun.type !== 'trun') continue;
    for (const sample of readRun(bytes, trun, dts, header.defaults, media)) {
      if (samples.length === SAMPLES_MAX) throw new MalformedBox('trun', 'too many samples');
      samples.push(sample);
      dts += sample.duration;
    }
  }
  return { trackId: header.trackId, samples };
}

/** §8.8.7. */
function readTrackHeader(bytes: Uint8Array, tfhd: Box, tracks: readonly MovieTrack[]) {
  const view = viewOf(bytes);
  const flags = view.getUint32(tfhd.body) & 0xff_ffff;
  const trackId = view.getUint32(tfhd.body + 4);
  const track = tracks.find((candidate) => candidate.id === trackId);
  if (track === undefined) throw new MalformedBox('tfhd', `unknown track ${trackId}`);
  if (flags & BASE_DATA_OFFSET) throw new MalformedBox('tfhd', 'absolute offsets are not for streams');
  let at = tfhd.body + 8 + (flags & DESCRIPTION_INDEX ? 4 : 0);
  const next = () => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const duration = flags & DEFAULT_DURATION ? next() : track.defaults.duration;
  const size = flags & DEFAULT_SIZE ? next() : track.defaults.size;
  const defaults: SampleDefaults = {
    duration,
    size,
    flags: flags & DEFAULT_FLAGS ? next() : track.defaults.flags,
  };
  return { trackId, defaults };
}

/** §8.8.12. */
function readDecodeTime(bytes: Uint8Array, tfdt: Box): number {
  const view = viewOf(bytes);
  const long = view.getUint8(tfdt.body) === 1;
  return long ? Number(view.getBigUint64(tfdt.body + 4)) : view.getUint32(tfdt.body + 4);
}

/** §8.8.8. */
function* readRun(bytes: Uint8Array, trun: Box, start: number, defaults: SampleDefaults, media: Media) {
  const view = viewOf(bytes.subarray(0, trun.end));
  const flags = view.getUint32(trun.body) & 0xff_ffff;
  const count = view.getUint32(trun.body + 4);
  let at = trun.body + 8;
  const next = () => {
    at += 4;
    return view.getUint32(at - 4);
  };
  if (!(flags & DATA_OFFSET)) throw new MalformedBox('trun', 'has no data offset');
  let offset = next() - media.offset;
  const firstFlags = flags & FIRST_FLAGS ? next() : null;
  let dts = start;
  for (let index = 0; index < count; index++) {
    const duration = flags & DURATION ? next() : defaults.duration;
    const size = flags & SIZE ? next() : defaults.size;
    const own = flags & FLAGS ? next() : defaults.flags;
    // Version 0 is unsigned; no encoder writes offsets over 2^31, and signed reads both.
    const compositionOffset = flags & COMPOSITION ? next() | 0 : 0;
    const sampleFlags = index === 0 && firstFlags !== null ? firstFlags : own;
    if (offset < 0 || offset + size > media.bytes.byteLength)
      throw new MalformedBox('trun', 'points outside mdat');
    const data = media.bytes.subarray(offset, offset + size);
    yield { dts, compositionOffset, duration, sync: (sampleFlags & NON_SYNC) === 0, data } satisfies Sample;
    dts += duration;
    offset += size;
  }
}
