import type { BitRate } from '../bitrate.ts';
import type { Segment } from '../timeline.ts';

export type Video = {
  readonly kind: 'video';
  /** RFC 6381. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  /** Frames a second, as a fraction. */
  readonly frameRate: { readonly num: number; readonly den: number };
};

export type Audio = {
  readonly kind: 'audio';
  readonly codec: string;
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** BCP 47, `und` when unknown. */
  readonly language: string;
};

/** A segment that grows, or is about to: its duration is what it is expected to be. */
export type OpenSegment = Omit<Segment, 'size' | 'independent' | 'discontinuity'>;

/** A track as a DASH Representation shows it. */
export type Rendition = {
  readonly id: string;
  readonly media: Video | Audio;
  /** Ticks a second. */
  readonly timescale: number;
  readonly segments: readonly Segment[];
  /** Of the newest epoch; null while there is none, and always without chunks. */
  readonly open: OpenSegment | null;
  /** The one behind the newest, when players should know of it already (media/dash/expected.ts). */
  readonly next: OpenSegment | null;
  readonly bitRate: BitRate;
};
