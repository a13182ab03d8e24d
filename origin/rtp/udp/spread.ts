import type { Milliseconds } from '../../../media/time.ts';

/**
 * Packets that go out at once, and how soon more do: 38 Mb/s. A socket has 208 KiB for receiving where nobody asked for
 * more, which is 90 packets: a key frame of 1080p has as many, and came with holes in it.
 */
const AT_ONCE = 20;
const EVERY_MS: Milliseconds = 5;

/** What waits is gone after so many turns, whatever it takes: 100 ms. */
const TURNS_MAX = 20;

/** Spreads the packets of large pictures over some milliseconds, in order. */
export class Spread {
  readonly #give: (packets: readonly Uint8Array[]) => void;
  #waiting: readonly Uint8Array[] = [];
  #isTimed = false;

  constructor(give: (packets: readonly Uint8Array[]) => void) {
    this.#give = give;
  }

  push(packets: readonly Uint8Array[]): void {
    this.#waiting = this.#waiting.length === 0 ? packets : [...this.#waiting, ...packets];
    if (!this.#isTimed) this.#send();
  }

  /** All that waits goes now. */
  flush(): void {
    const now = this.#waiting;
    this.#waiting = [];
    if (now.length > 0) this.#give(now);
  }

  #send(): void {
    this.#isTimed = false;
    const count = Math.max(AT_ONCE, Math.ceil(this.#waiting.length / TURNS_MAX));
    const now = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    if (now.length > 0) this.#give(now);
    // The next ones come after a while even when nothing is left now.
    if (now.length < AT_ONCE) return;
    this.#isTimed = true;
    setTimeout(() => this.#send(), EVERY_MS);
  }
}
