import { type Description, describe } from '../../media/codecs/sample-entry.ts';
import { writeChunk } from '../../media/isobmff/chunk.ts';
import { Demuxer } from '../../media/isobmff/demuxer.ts';
import { type InitTrack, writeInit } from '../../media/isobmff/init.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import type { Sample } from '../../media/sample.ts';
import { type Seconds, type Ticks, toSeconds } from '../../media/time.ts';
import type { Segment } from '../../media/timeline.ts';
import type { Epoch, PresentationId, TrackId } from '../../wire/ids.ts';
import type { Announcer } from './announcer.ts';
import { type Cut, Cutter } from './cutter.ts';
import { Durations } from './durations.ts';
import { keyOf, type Storage } from './storage.ts';

/** A track of the encoder's output, and what its sample entry says. */
export type EncodedTrack = {
  readonly id: TrackId;
  readonly timescale: number;
  readonly sampleEntry: Uint8Array;
  readonly description: Description;
};

export type EpochOptions = {
  readonly presentation: PresentationId;
  readonly epoch: Epoch;
  /** Names for the encoder's tracks, in their order. */
  readonly trackIds: readonly TrackId[];
  readonly segmentSeconds: Seconds;
  readonly storage: Storage;
  readonly now: () => number;
  /** Told once what the encoder makes; answers where and when it is to go on. */
  readonly open: (tracks: readonly EncodedTrack[]) => Promise<Opened>;
  /** Told after each segment of the leading track how far the epoch has come. */
  readonly onProgress: (at: Seconds) => void;
};

export type Opened = {
  /** One for each track. */
  readonly announcers: readonly Announcer[];
  readonly discontinuity: number;
  /** Where the epoch starts on the presentation's timeline. */
  readonly startSeconds: Seconds;
  /** Told which segments left the window of a track. */
  readonly onGone: (track: TrackId, segments: readonly Segment[]) => void;
};

/** The encoder made something that can't be packaged. */
export class Unpackageable extends Error {
  override readonly name = 'Unpackageable';
}

/**
 * Packages one run of an encoder: cuts its output, stores each segment, and then announces it. Reading waits for
 * storing, so that a slow disk slows the encoder instead of filling memory.
 */
export async function packageEpoch(output: AsyncIterable<Uint8Array>, options: EpochOptions): Promise<void> {
  const demuxer = new Demuxer();
  let epoch: RunningEpoch | null = null;
  for await (const bytes of output) {
    for (const event of demuxer.push(bytes)) {
      if (event.kind === 'movie') epoch = await RunningEpoch.open(event.tracks, options);
      else for (const { trackId, samples } of event.runs) await epoch?.take(trackId, samples);
    }
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
  readonly #startedAtMs: number;
  readonly #hasInit = new Set<TrackId>();

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
    this.#startedAtMs = options.now();
    this.#cutter = new Cutter({
      tracks: tracks.map(({ description, timescale }) => ({ kind: description.kind, timescale })),
      segmentSeconds: options.segmentSeconds,
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

  async #writeInit(track: EncodedTrack, mediaTime: Ticks): Promise<void> {
    const { presentation, epoch, storage } = this.#options;
    const path = { kind: 'init', presentation, epoch, track: track.id } as const;
    await storage.put(keyOf(path), writeInit(initTrack(track, mediaTime)));
    this.#hasInit.add(track.id);
  }

  async #writeOne(cut: Cut): Promise<void> {
    const track = this.#tracks[cut.track];
    const announcer = this.#opened.announcers[cut.track];
    if (track === undefined || announcer === undefined) return;
    const { presentation, epoch, storage, onProgress } = this.#options;
    const number = (announcer.timeline.last?.number ?? -1) + 1;
    if (!this.#hasInit.has(track.id)) await this.#writeInit(track, cut.samples[0]?.compositionOffset ?? 0);
    const bytes = writeChunk({
      sequence: number + 1,
      time: cut.time,
      samples: cut.samples,
      opensSegment: true,
    });
    await storage.put(keyOf({ kind: 'segment', presentation, track: track.id, epoch, number }), bytes);
    const { discontinuity, startSeconds, onGone } = this.#opened;
    const { time, duration, independent } = cut;
    const at = toSeconds(time, track.timescale) - startSeconds;
    const wallClockMs = Math.round(this.#startedAtMs + at * 1000);
    const size = bytes.byteLength;
    const gone = announcer.append({
      epoch,
      discontinuity,
      number,
      time,
      duration,
      size,
      independent,
      wallClockMs,
    });
    if (gone.length > 0) onGone(track.id, gone);
    if (cut.track === 0) onProgress(at + toSeconds(duration, track.timescale));
  }
}

function encodedTrack({ timescale, sampleEntry }: MovieTrack, id: TrackId | undefined): EncodedTrack {
  const description = describe(sampleEntry);
  if (description === null || id === undefined)
    throw new Unpackageable('the encoder made a track that was not asked for');
  return { id, timescale, sampleEntry, description };
}

function initTrack({ timescale, sampleEntry, description }: EncodedTrack, mediaTime: Ticks): InitTrack {
  const video = description.kind === 'video';
  return {
    kind: description.kind,
    timescale,
    mediaTime,
    sampleEntry,
    width: video ? description.width : 0,
    height: video ? description.height : 0,
    language: 'und',
  };
}
