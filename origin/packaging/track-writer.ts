import { writeChunk } from '../../media/isobmff/chunk.ts';
import { type InitTrack, writeInit } from '../../media/isobmff/init.ts';
import { type Seconds, type Ticks, toSeconds } from '../../media/time.ts';
import type { OpenSegment, Segment } from '../../media/timeline.ts';
import type { Epoch, PresentationId } from '../../wire/ids.ts';
import type { SegmentPath } from '../../wire/paths.ts';
import type { Announcing } from './announcer.ts';
import type { Cut } from './cutter.ts';
import type { EncodedTrack } from './encoded-track.ts';
import { keyOf, type Storage } from './storage.ts';

/** Where and when the epoch of a track goes on. */
export type TrackEpochOptions = {
  readonly presentation: PresentationId;
  readonly epoch: Epoch;
  readonly discontinuity: number;
  /** Where the epoch starts on the presentation's timeline, and the wall clock then. */
  readonly startSeconds: Seconds;
  readonly startMs: number;
  readonly storage: Storage;
  /** Segments are made of several chunks, each announced when it is whole. */
  readonly isChunked: boolean;
  /** Given each chunk before it is announced. */
  readonly push: (path: SegmentPath, index: number, bytes: Uint8Array) => void;
};

/** The segment being written: its chunks add up to it. */
type Growing = { readonly head: Omit<OpenSegment, 'chunks'>; duration: Ticks; size: number };

type Written = { readonly segment: Segment | null; readonly gone: readonly Segment[] };

const NOTHING_WRITTEN: Written = { segment: null, gone: [] };

/** Writes one track of one epoch: each chunk is stored behind the ones before it, and then announced. */
export class TrackWriter {
  readonly #track: EncodedTrack;
  readonly #announcer: Announcing;
  readonly #options: TrackEpochOptions;
  #growing: Growing | null = null;
  /** Counts the chunks of the epoch (ISO/IEC 14496-12 §8.8.5). */
  #sequence = 0;

  constructor(track: EncodedTrack, announcer: Announcing, options: TrackEpochOptions) {
    this.#track = track;
    this.#announcer = announcer;
    this.#options = options;
  }

  /** Gives the segment that this completes, and those that left the window for it. */
  async write(cut: Cut): Promise<Written> {
    const { storage, isChunked, push } = this.#options;
    if (this.#sequence === 0) await this.#writeInit(cut.samples[0]?.compositionOffset ?? 0);
    this.#sequence += 1;
    const opensSegment = this.#growing === null;
    const bytes = writeChunk({
      sequence: this.#sequence,
      time: cut.time,
      samples: cut.samples,
      opensSegment,
    });
    const growing = this.#growing ?? this.#open(cut, bytes);
    const path = { ...this.#path(), number: growing.head.number, kind: 'segment' } as const;
    await storage.append(keyOf(path), bytes);
    if (isChunked) push(path, cut.index, bytes);
    growing.duration += cut.duration;
    growing.size += bytes.byteLength;
    const chunk = { duration: cut.duration, size: bytes.byteLength, independent: cut.independent };
    this.#growing = cut.isLast ? null : growing;
    if (cut.isLast) {
      const segment = segmentOf(growing);
      return { segment, gone: this.#announcer.append(segment, isChunked ? chunk : undefined) };
    }
    this.#announcer.grow(growing.head, cut.index, chunk);
    return NOTHING_WRITTEN;
  }

  #path() {
    const { presentation, epoch } = this.#options;
    return { presentation, track: this.#track.id, epoch };
  }

  #open(cut: Cut, bytes: Uint8Array): Growing {
    const { epoch, discontinuity, startSeconds, startMs } = this.#options;
    const at = toSeconds(cut.time, this.#track.timescale) - startSeconds;
    const head = {
      epoch,
      discontinuity,
      number: (this.#announcer.timeline.last?.number ?? -1) + 1,
      time: cut.time,
      independent: cut.independent,
      wallClockMs: Math.round(startMs + at * 1000),
      ...this.#keySize(cut, bytes),
    };
    return { head, duration: 0, size: 0 };
  }

  /** Samples lie at the end of a chunk, the first of them first. */
  #keySize({ independent, samples }: Cut, bytes: Uint8Array) {
    const [first, ...others] = samples;
    if (this.#track.description.kind !== 'video' || !independent || first === undefined) return {};
    return { keySize: others.reduce((size, { data }) => size - data.byteLength, bytes.byteLength) };
  }

  async #writeInit(mediaTime: Ticks): Promise<void> {
    const init = writeInit(initTrack(this.#track, mediaTime));
    await this.#options.storage.put(keyOf({ ...this.#path(), kind: 'init' }), init);
  }
}

const segmentOf = ({ head, duration, size }: Growing): Segment => ({ ...head, duration, size });

function initTrack(
  { timescale, sampleEntry, description, rotation }: EncodedTrack,
  mediaTime: Ticks,
): InitTrack {
  const video = description.kind === 'video';
  return {
    kind: description.kind,
    timescale,
    mediaTime,
    rotation,
    sampleEntry,
    width: video ? description.width : 0,
    height: video ? description.height : 0,
    language: 'und',
  };
}
