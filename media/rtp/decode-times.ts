import type { Ticks } from '../time.ts';

/**
 * Where a stream does not say how far its pictures are reordered: hardware encoders that leave it out use two B-frames
 * at most. More is seen when it comes.
 */
const UNSAID_DEPTH = 2;

/** No decoder holds more pictures (ISO/IEC 14496-10 annex A.3.1), so times that ask for more are wrong. */
const DEPTH_MAX = 16;

/**
 * Finds when pictures are decoded. RTP says only when they are shown, in the order of decoding (RFC 6184 §5.1). With a
 * reorder depth of n, a picture is decoded when the picture n places before it in the order of showing is shown: the
 * least of the latest n + 1 times.
 */
export class DecodeTimes {
  readonly #step: Ticks;
  /** The latest times, the least first. */
  #latest: Ticks[] = [];
  #last: Ticks | null = null;

  /** `step` is how far pictures are taken to be apart before the first of them. */
  constructor(step: Ticks) {
    this.#step = step;
  }

  /** The decode time of the next picture, which rises, from the time at which it is shown. */
  push(shown: Ticks, depth: number | null): Ticks {
    if (this.#last === null) this.#begin(shown, depth ?? UNSAID_DEPTH);
    else if (shown > this.#last || this.#latest.length > DEPTH_MAX) this.#latest.shift();
    this.#latest.push(shown);
    this.#latest.sort((a, b) => a - b);
    const least = this.#latest[0] ?? shown;
    this.#last = this.#last === null ? least : Math.max(least, this.#last + 1);
    return this.#last;
  }

  #begin(shown: Ticks, depth: number): void {
    this.#latest = Array.from({ length: depth }, (_, index) => shown - (depth - index) * this.#step);
  }
}
