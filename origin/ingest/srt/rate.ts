import type { Milliseconds } from '../../../media/time.ts';

/** What came lately. */
export type Rate = { readonly packetsPerSecond: number; readonly bytesPerSecond: number };

const WINDOW_MS = 1_000;

/** Counts what comes, by the second: the rate is that of the last whole one. */
export class RateMeter {
  #startedMs: Milliseconds;
  #packets = 0;
  #bytes = 0;
  #last: Rate = { packetsPerSecond: 0, bytesPerSecond: 0 };

  constructor(nowMs: Milliseconds) {
    this.#startedMs = nowMs;
  }

  count(bytes: number): void {
    this.#packets += 1;
    this.#bytes += bytes;
  }

  at(nowMs: Milliseconds): Rate {
    const seconds = (nowMs - this.#startedMs) / 1_000;
    if (seconds * 1_000 < WINDOW_MS) return this.#last;
    this.#last = {
      packetsPerSecond: Math.round(this.#packets / seconds),
      bytesPerSecond: Math.round(this.#bytes / seconds),
    };
    this.#startedMs = nowMs;
    this.#packets = 0;
    this.#bytes = 0;
    return this.#last;
  }
}
