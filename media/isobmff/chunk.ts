import type { Sample } from '../sample.ts';
import type { Ticks } from '../time.ts';
import { NON_SYNC } from './fragment.ts';
import { TRACK_ID } from './init.ts';
import { box, fullBox, text, u32, u64 } from './writer.ts';

/** `sample_depends_on` 2: on no others; 1: on others (ISO/IEC 14496-12 §8.8.3.1). */
const SYNC_FLAGS = 0x0200_0000;
const NON_SYNC_FLAGS = 0x0100_0000 | NON_SYNC;

/** `default-base-is-moof` (§8.8.7.1), which CMAF asks for. */
const DEFAULT_BASE_IS_MOOF = 0x2_0000;

/** Data offset, and each sample's duration, size, flags and composition offset (§8.8.8.1). */
const RUN_FLAGS = 0x1 | 0x100 | 0x200 | 0x400 | 0x800;

const SEGMENT_TYPE = box('styp', text('cmfs'), u32(0), text('cmfs'), text('iso6'));

export type Chunk = {
  /** Counts the fragments of a track from 1 (§8.8.5). */
  readonly sequence: number;
  /** Decode time of the first sample. */
  readonly time: Ticks;
  readonly samples: readonly Sample[];
  /** The first of its segment says so with a `styp`. */
  readonly opensSegment: boolean;
  /** In files with several tracks. */
  readonly trackId?: number;
};

/** A CMAF chunk: `moof` and `mdat` (ISO/IEC 23000-19 §7.3.2.3). A segment is its chunks, one after another. */
export function writeChunk(chunk: Chunk): Uint8Array<ArrayBuffer> {
  const { samples, opensSegment } = chunk;
  const styp = opensSegment ? SEGMENT_TYPE : new Uint8Array(0);
  const moof = movieFragment(chunk);
  const mediaBytes = samples.reduce((sum, { data }) => sum + data.byteLength, 0);
  const bytes = new Uint8Array(styp.byteLength + moof.byteLength + 8 + mediaBytes);
  bytes.set(styp);
  bytes.set(moof, styp.byteLength);
  bytes.set(u32(8 + mediaBytes), styp.byteLength + moof.byteLength);
  bytes.set(text('mdat'), styp.byteLength + moof.byteLength + 4);
  let at = bytes.byteLength - mediaBytes;
  for (const { data } of samples) {
    bytes.set(data, at);
    at += data.byteLength;
  }
  return bytes;
}

function movieFragment({ sequence, time, samples, trackId = TRACK_ID }: Chunk): Uint8Array {
  const header = fullBox('mfhd', 0, 0, u32(sequence));
  const tfhd = fullBox('tfhd', 0, DEFAULT_BASE_IS_MOOF, u32(trackId));
  const tfdt = fullBox('tfdt', 1, 0, u64(time));
  const words = new Uint32Array(samples.length * 4);
  const moof = (dataOffset: number) =>
    box('moof', header, box('traf', tfhd, tfdt, run(samples, words, dataOffset)));
  return moof(moof(0).byteLength + 8);
}

/** §8.8.8, version 1: composition offsets are signed. */
function run(samples: readonly Sample[], words: Uint32Array, dataOffset: number): Uint8Array {
  const table = new DataView(words.buffer);
  for (const [index, sample] of samples.entries()) {
    table.setUint32(index * 16, sample.duration);
    table.setUint32(index * 16 + 4, sample.data.byteLength);
    table.setUint32(index * 16 + 8, sample.sync ? SYNC_FLAGS : NON_SYNC_FLAGS);
    table.setInt32(index * 16 + 12, sample.compositionOffset);
  }
  return fullBox('trun', 1, RUN_FLAGS, u32(samples.length, dataOffset), new Uint8Array(words.buffer));
}
