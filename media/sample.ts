import type { Ticks } from './time.ts';

/** One access unit of a track: a coded picture or audio frame. Times are in the track's timescale. */
export type Sample = {
  /** When it is decoded. */
  readonly dts: Ticks;
  /** When it is shown, minus when it is decoded; negative where pictures are reordered. */
  readonly compositionOffset: Ticks;
  readonly duration: Ticks;
  /** Decodable without the samples before it. */
  readonly sync: boolean;
  readonly data: Uint8Array;
};

export const presentationTime = (sample: Sample): Ticks => sample.dts + sample.compositionOffset;
