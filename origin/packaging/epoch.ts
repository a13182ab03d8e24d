import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import type { Sample } from '../../media/sample.ts';
import { type Seconds, toSeconds } from '../../media/time.ts';
import type { Segment } from '../../media/timeline.ts';
import type { Epoch, PresentationId, TrackId } from '../../wire/ids.ts';
import type { SegmentPath } from '../../wire/paths.ts';
import type { Announcing } from './announcer.ts';
import { type Cut, Cutter } from './cutter.ts';
import { Durations } from './durations.ts';
import { type EncodedTrack, encodedTrack } from './encoded-track.ts';
import type { Feed } from './feed.ts';
import type { Storage } from './storage.ts';
import { TrackWriter } from './track-writer.ts';

export type EpochOptions = {
  readonly presentation: PresentationId;
  readonly epoch: Epoch;
  /** Names for the feed's tracks, in their order. */
  readonly trackIds: readonly TrackId[];
  readonly segmentSeconds: Seconds;
  /** Longest segment that there may be; key frames further apart throw KeyFramesTooFar. */
  readonly segmentMaxSeconds?: Seconds;
  /** Null where segments are announced whole. */
  readonly chunkSeconds: Seconds | null;
  readonly push: (path: SegmentPath, index: number, bytes: Uint8Array) => void;
  readonly storage: Storage;
  readonly now: () => number;
  /** Told once what the encoder makes; answers where and when it is to go on. */
  readonly open: (tracks: readonly EncodedTrack[]) => Promise<Opened>;
  /** Told after each chunk of the first track how far the epoch has come. */
  readonly onProgress: (at: Seconds) => void;
  /** Told of all that the feed says, before it is packaged. Must neither wait nor throw. */
  readonly onEvent?: (event: Demuxed) => void;
};

export type Opened = {
  /** One for each track. */
  readonly announcers: readonly Announcing[];
  readonly discontinuity: number;
  /** Where the epoch starts on the presentation's timeline. */
  readonly startSeconds: Seconds;
  /** Told of each segment, once all of it is stored. */
  readonly onSegment: (track: EncodedTrack, segment: Segment) => void;
  /** Told which segments left the window of a track. */
  readonly onGone: (track: TrackId, segments: readonly Segment[]) => void;
};

/**
 * Packages one run of a source or its encoder: cuts it, stores each chunk, and then announces it. Reading waits for
 * storing.
 */
export async function packageEpoch(feed: Feed, options: EpochOptions): Promise<void> {
  let epoch: RunningEpoch | null = null;
  for await (const event of feed) {
    options.onEvent?.(event);
    if (event.kind === 'movie') epoch = await RunningEpoch.open(event.tracks, options);
    else for (const { trackId, samples } of event.runs) await epoch?.take(trackId, samples);
  }
  await epoch?.finish();
}

class RunningEpoch {
  readonly #options: EpochOptions;
  readonly #tracks: readonly EncodedTrack[];
  readonly #indexById: ReadonlyMap<number, number>;
  readonly #opened: Opened;
  readonly #cutter: Cutter;
  readonly #durations: readonly Durations[];
  readonly #writers: readonly TrackWriter[];

  private constructor(
    movie: readonly MovieTrack[],
    tracks: readonly EncodedTrack[],
    opened: Opened,
    options: EpochOptions,
  ) {
    this.#options = options;
    this.#tracks = tracks;
    this.#opened = opened;
    this.#indexById = new Map(movie.map(({ id }, index) => [id, index]));
    this.#durations = movie.map(() => new Durations());
    this.#writers = writersOf(tracks, opened, options);
    this.#cutter = new Cutter({
      tracks: tracks.map(({ description, timescale }) => ({ kind: description.kind, timescale })),
      segmentSeconds: options.segmentSeconds,
      segmentMaxSeconds: options.segmentMaxSeconds ?? Number.POSITIVE_INFINITY,
      chunkSeconds: options.chunkSeconds,
      startSeconds: opened.startSeconds,
    });
  }

  static async open(movie: readonly MovieTrack[], options: EpochOptions): Promise<RunningEpoch> {
    const tracks = movie.map((track, index) => encodedTrack(track, options.trackIds[index]));
    const opened = await options.open(tracks);
    return new RunningEpoch(movie, tracks, opened, options);
  }

  async take(trackId: number, samples: readonly Sample[]): Promise<void> {
    const track = this.#indexById.get(trackId);
    if (track === undefined) return;
    for (const sample of samples) {
      const whole = this.#durations[track]?.push(sample);
      if (whole) await this.#write(this.#cutter.push(track, whole));
    }
  }

  async finish(): Promise<void> {
    for (const [track, durations] of this.#durations.entries()) {
      const last = durations.flush();
      if (last !== null) await this.#write(this.#cutter.push(track, last));
    }
    await this.#write(this.#cutter.flush());
  }

  async #write(cuts: readonly Cut[]): Promise<void> {
    for (const cut of cuts) await this.#writeOne(cut);
  }

  async #writeOne(cut: Cut): Promise<void> {
    const track = this.#tracks[cut.track];
    const writer = this.#writers[cut.track];
    if (track === undefined || writer === undefined) return;
    const { onGone, onSegment, startSeconds } = this.#opened;
    const { segment, gone } = await writer.write(cut);
    if (segment !== null) onSegment(track, segment);
    if (gone.length > 0) onGone(track.id, gone);
    const end = toSeconds(cut.time + cut.duration, track.timescale);
    if (cut.track === 0) this.#options.onProgress(end - startSeconds);
  }
}

function writersOf(tracks: readonly EncodedTrack[], opened: Opened, options: EpochOptions): TrackWriter[] {
  const { presentation, epoch, storage, push, chunkSeconds } = options;
  const { announcers, discontinuity, startSeconds } = opened;
  const startMs = options.now();
  const isChunked = chunkSeconds !== null;
  const at = { presentation, epoch, discontinuity, startSeconds, startMs, storage, isChunked, push };
  return tracks.flatMap((track, index) => {
    const announcer = announcers[index];
    return announcer === undefined ? [] : [new TrackWriter(track, announcer, at)];
  });
}
