import type { Milliseconds, Ticks } from './time.ts';

/** One segment of a track, whose bytes exist. */
export type Segment = {
  readonly epoch: string;
  /** How many breaks lie before this segment's epoch. */
  readonly discontinuity: number;
  readonly number: number;
  /** Decode time of the first sample. */
  readonly time: Ticks;
  readonly duration: Ticks;
  /** Bytes. */
  readonly size: number;
  readonly independent: boolean;
  /** When its first sample was taken, milliseconds since 1970. */
  readonly wallClockMs: Milliseconds;
  /** Bytes from its start to the end of its first sample, where that is a key frame: enough to show it. */
  readonly keySize?: number;
};

/** A CMAF chunk of a segment (ISO/IEC 23000-19 §7.3.2.3), which HLS calls a partial segment. */
export type Chunk = {
  readonly duration: Ticks;
  /** Bytes. */
  readonly size: number;
  readonly independent: boolean;
};

/** A segment that still grows. */
export type OpenSegment = Omit<Segment, 'duration' | 'size'> & { readonly chunks: readonly Chunk[] };

/** How many of the last segments remember their chunks: more than players are told of. */
const CHUNKED_SEGMENTS = 12;

/** A place on a timeline: a chunk of a segment. */
export type Position = { readonly number: number; readonly index: number };

/** The part of a timeline that is known chunk by chunk. */
export type Recent = {
  readonly open: OpenSegment | null;
  /** Of closed segments, by number. */
  readonly chunks: readonly (readonly [number: number, chunks: readonly Chunk[]])[];
};

const NOTHING_RECENT: Recent = { open: null, chunks: [] };

/**
 * The ordered record of a track's segments, as far back as its window. What it holds depends only on the last
 * window of what was appended, so that everyone who heard that much holds the same.
 */
export class Timeline {
  readonly timescale: number;
  /** 0 keeps everything. */
  readonly windowMs: Milliseconds;
  #segments: Segment[] = [];
  #durationTicks = 0;
  #open: OpenSegment | null = null;
  readonly #chunks = new Map<number, readonly Chunk[]>();
  #ended = false;
  #revision: number;
  #listing: number;

  /** `revision` is where its revisions start: behind those of a timeline that it takes the place of. */
  constructor(timescale: number, windowMs: Milliseconds, revision = 0) {
    this.#revision = revision;
    this.#listing = revision;
    this.timescale = timescale;
    this.windowMs = windowMs;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** The segment that still grows, or null. It follows the last. */
  get open(): OpenSegment | null {
    return this.#open;
  }

  /** Nothing will be appended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Grows with each change; equal revisions of one timeline are equal. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows as `revision` does, but not with further chunks of a segment that is open already. */
  get listing(): number {
    return this.#listing;
  }

  get last(): Segment | null {
    return this.#segments.at(-1) ?? null;
  }

  /** The chunks of a recent segment; none for one that was not made of chunks, or is too old. */
  chunksOf(number: number): readonly Chunk[] {
    return this.#open?.number === number ? this.#open.chunks : (this.#chunks.get(number) ?? []);
  }

  /** The newest chunk, or the last segment when there are no chunks; null while there is nothing. */
  get newest(): Position | null {
    if (this.#open !== null) return { number: this.#open.number, index: this.#open.chunks.length - 1 };
    if (this.last === null) return null;
    return { number: this.last.number, index: Math.max(0, this.chunksOf(this.last.number).length - 1) };
  }

  /**
   * Adds a chunk to the open segment, opening it when this is its first. One that is already here, or does not
   * follow, changes nothing.
   */
  grow(head: Omit<OpenSegment, 'chunks'>, index: number, chunk: Chunk): void {
    if (this.last !== null && head.number <= this.last.number) return;
    const isSame = this.#open?.epoch === head.epoch && this.#open.number === head.number;
    const chunks = isSame && this.#open !== null ? this.#open.chunks : [];
    if (index !== chunks.length) return;
    this.#open = { ...(isSame && this.#open !== null ? this.#open : head), chunks: [...chunks, chunk] };
    if (isSame) this.#revision += 1;
    else this.#relist();
  }

  /**
   * Adds the next segment, with its last chunk unless that is already here; gives those that left the window. A segment
   * that is already here, or lies before the last, changes nothing: an announcement may come twice.
   */
  append(segment: Segment, lastChunk?: Chunk): readonly Segment[] {
    if (this.last !== null && segment.number <= this.last.number) return [];
    this.#remember(segment, lastChunk);
    this.#open = null;
    this.#segments.push(segment);
    this.#durationTicks += segment.duration;
    this.#relist();
    return this.#trim();
  }

  /** Replaces everything that was said before. */
  restore(segments: readonly Segment[], ended: boolean, recent: Recent = NOTHING_RECENT): void {
    this.#segments = [...segments];
    this.#durationTicks = segments.reduce((sum, { duration }) => sum + duration, 0);
    this.#chunks.clear();
    for (const [number, chunks] of recent.chunks) this.#chunks.set(number, chunks);
    this.#open = recent.open;
    this.#ended = ended;
    this.#relist();
    this.#trim();
  }

  /** What a restored timeline must know beside its segments. */
  get recent(): Recent {
    return { open: this.#open, chunks: [...this.#chunks] };
  }

  end(): void {
    this.#ended = true;
    this.#relist();
  }

  #relist(): void {
    this.#revision += 1;
    this.#listing = this.#revision;
  }

  /** The segment of an epoch and number, or null. Numbers only grow, so it searches by halves. */
  find(epoch: string, number: number): Segment | null {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const segment = this.#segments[middle];
      if (segment === undefined) return null;
      if (segment.number === number) return segment.epoch === epoch ? segment : null;
      if (segment.number < number) low = middle + 1;
      else high = middle - 1;
    }
    return null;
  }

  /** Chunks that do not add up to their segment were not all heard, and are of no use. */
  #remember({ epoch, number, size }: Segment, lastChunk: Chunk | undefined): void {
    const before = this.#open?.number === number && this.#open.epoch === epoch ? this.#open.chunks : [];
    const chunks = lastChunk === undefined ? before : [...before, lastChunk];
    if (chunks.reduce((sum, chunk) => sum + chunk.size, 0) !== size) return;
    this.#chunks.set(number, chunks);
    for (const known of this.#chunks.keys()) {
      if (known <= number - CHUNKED_SEGMENTS) this.#chunks.delete(known);
    }
  }

  #trim(): readonly Segment[] {
    if (this.windowMs === 0) return [];
    const windowTicks = (this.windowMs / 1000) * this.timescale;
    let count = 0;
    for (const { duration } of this.#segments) {
      if (this.#durationTicks - duration < windowTicks) break;
      this.#durationTicks -= duration;
      count += 1;
    }
    return this.#segments.splice(0, count);
  }
}
