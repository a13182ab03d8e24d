/**
 * Makes a counter that starts again at 0 after so many bits one that does not: each value is taken as the one nearest
 * to the value before (RFC 3550 §A.1 extends sequence numbers for the same reason). It starts in the first round, so
 * that values just before the first one are not negative.
 */
export class Counter {
  readonly #round: number;
  #last: number | null = null;

  constructor(bits: 16 | 32) {
    this.#round = 2 ** bits;
  }

  extend(value: number): number {
    const extended = this.peek(value);
    this.#last = extended;
    return extended;
  }

  /** The same, without remembering the value. */
  peek(value: number): number {
    if (this.#last === null) return value + this.#round;
    const ahead = (((value - this.#last) % this.#round) + this.#round) % this.#round;
    return this.#last + (ahead < this.#round / 2 ? ahead : ahead - this.#round);
  }
}
