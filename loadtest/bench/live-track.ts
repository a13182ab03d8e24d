import type { Chunk, OpenSegment, Segment } from '../../media/timeline.ts';
import { Timeline } from '../../media/timeline.ts';
import { type Bus, ensureStream, openBucket } from '../../runtime/bus.ts';
import { epochAt, PresentationId, TrackId } from '../../wire/ids.ts';
import { type ChunkPath, type MediaPath, print } from '../../wire/paths.ts';
import type { Presentation } from '../../wire/presentation.ts';
import {
  ALL_TIMELINES,
  PRESENTATIONS_BUCKET,
  pushSubject,
  TIMELINE_MESSAGES,
  TIMELINE_STREAM,
  timelineSubject,
} from '../../wire/subjects.ts';
import { snapshotOf, type TimelineMessage } from '../../wire/timeline.ts';

const presentation = PresentationId.parse('bench');
const track = TrackId.parse('v480');
const TIMESCALE = 1_000;
const CHUNK_MS = 500;
const CHUNKS = 4;
const SEGMENT_MS = CHUNKS * CHUNK_MS;
const WINDOW_MS = 60_000;

/** So often the whole timeline is said, that the stream always keeps one such message. */
const SNAPSHOT_EVERY = TIMELINE_MESSAGES / 4;

/** A live track that an origin would make, chunk by chunk: pushed and announced when the bench says so. */
export class LiveTrack {
  readonly #bus: Bus;
  readonly #bytes: Uint8Array;
  readonly #startMs: number;
  readonly #timeline = new Timeline(TIMESCALE, WINDOW_MS);
  #said = 0;

  private constructor(bus: Bus, chunkBytes: number, startMs: number) {
    this.#bus = bus;
    this.#bytes = new Uint8Array(chunkBytes);
    this.#startMs = startMs;
  }

  /** Describes the presentation, with a window full of segments. */
  static async open(bus: Bus, chunkBytes: number, nowMs: number): Promise<LiveTrack> {
    await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
    const live = new LiveTrack(bus, chunkBytes, nowMs - WINDOW_MS);
    while (live.#timeline.segments.length < WINDOW_MS / SEGMENT_MS) live.#append();
    await live.#snapshot();
    const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
    await bucket.put(presentation, JSON.stringify(describe(nowMs)));
    return live;
  }

  /** The URL path of the chunk that comes next. */
  get nextChunk(): string {
    return print(this.#next);
  }

  /** The URL of the playlist that will hold the next chunk. */
  get nextPlaylist(): string {
    const { number, index } = this.#next;
    return `${playlist}?_HLS_msn=${number}&_HLS_part=${index}`;
  }

  /** Pushes the bytes of the next chunk to who listens. */
  push(): void {
    this.#bus.connection.publish(pushSubject(this.#next), this.#bytes);
  }

  /** Announces the next chunk; gives when it did, on the clock of `performance`. */
  async announce(): Promise<number> {
    const message = this.#append();
    const atMs = performance.now();
    await this.#say(message);
    this.#said += 1;
    if (this.#said % SNAPSHOT_EVERY === 0) await this.#snapshot();
    return atMs;
  }

  get #next(): ChunkPath {
    const { open, last } = this.#timeline;
    const at = open ?? { number: (last?.number ?? -1) + 1, chunks: [] };
    const epoch = epochAt(this.#startMs);
    return { kind: 'chunk', presentation, track, epoch, number: at.number, index: at.chunks.length };
  }

  /** Adds the next chunk to the timeline; gives what is said of it. */
  #append(): TimelineMessage {
    const { number, index, epoch } = this.#next;
    const time = number * SEGMENT_MS;
    const place = { epoch, discontinuity: 0, number, time, wallClockMs: this.#startMs + time };
    const head = { ...place, independent: true } satisfies Omit<OpenSegment, 'chunks'>;
    const chunk: Chunk = {
      duration: CHUNK_MS,
      size: this.#bytes.byteLength,
      independent: index === 0,
    };
    const shape = { timescale: TIMESCALE, windowMs: WINDOW_MS };
    if (index < CHUNKS - 1) {
      this.#timeline.grow(head, index, chunk);
      return { type: 'chunk', ...shape, head, index, chunk };
    }
    const whole = { duration: SEGMENT_MS, size: CHUNKS * this.#bytes.byteLength };
    const segment = { ...head, ...whole } satisfies Segment;
    this.#timeline.append(segment, chunk);
    return { type: 'segment', ...shape, ...segment, lastChunk: chunk };
  }

  #snapshot(): Promise<unknown> {
    return this.#say(snapshotOf(this.#timeline));
  }

  #say(message: TimelineMessage): Promise<unknown> {
    return this.#bus.jetstream.publish(timelineSubject(presentation, track), JSON.stringify(message));
  }
}

/** Where the playlist is, that says that somebody watches. */
const path: MediaPath = { kind: 'playlist', presentation, track };
export const playlist = print(path);

const describe = (nowMs: number): Presentation => ({
  id: presentation,
  title: 'Bench',
  kind: 'live',
  state: { name: 'live', since: nowMs },
  chunkDurationMs: CHUNK_MS,
  targetDurationMs: SEGMENT_MS,
  windowMs: WINDOW_MS,
  durationMs: null,
  outputs: ['hls'],
  protection: 'none',
  onDemand: false,
  poster: false,
  tracks: [
    {
      id: track,
      timescale: TIMESCALE,
      media: {
        kind: 'video',
        codec: 'avc1.64001e',
        width: 854,
        height: 480,
        frameRate: { num: 25, den: 1 },
      },
    },
  ],
});
