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
};

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
  #ended = false;
  #revision = 0;

  constructor(timescale: number, windowMs: Milliseconds) {
    this.timescale = timescale;
    this.windowMs = windowMs;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Nothing will be appended. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Grows with each change; equal revisions of one timeline are equal. */
  get revision(): number {
    return this.#revision;
  }

  get last(): Segment | null {
    return this.#segments.at(-1) ?? null;
  }

  /**
   * Adds the next segment; gives those that left the window. A segment that is already here, or lies before the
   * last, changes nothing: an announcement may come twice.
   */
  append(segment: Segment): readonly Segment[] {
    if (this.last !== null && segment.number <= this.last.number) return [];
    this.#segments.push(segment);
    this.#durationTicks += segment.duration;
    this.#revision += 1;
    return this.#trim();
  }

  /** Replaces everything that was said before. */
  restore(segments: readonly Segment[], ended: boolean): void {
    this.#segments = [...segments];
    this.#durationTicks = segments.reduce((sum, { duration }) => sum + duration, 0);
    this.#ended = ended;
    this.#revision += 1;
    this.#trim();
  }

  end(): void {
    this.#ended = true;
    this.#revision += 1;
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
