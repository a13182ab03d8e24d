import type { Clock } from '../runtime/clock.ts';

/** Figures are averages over this many whole seconds: long enough to smooth a player's bursts. */
const WINDOW_SECONDS = 10;

type Second = { mediaSeconds: number; bytes: number };

/** What an edge serves now. Viewers are counted in seconds of media sent a second, however they connect. */
export class Load {
  readonly #clock: Clock;
  readonly #seconds: Second[] = Array.from({ length: WINDOW_SECONDS + 1 }, () => ({
    mediaSeconds: 0,
    bytes: 0,
  }));
  #current: Second;
  #currentAt: number;
  totalBytes = 0;
  totalRequests = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#currentAt = Math.floor(clock.now() / 1000);
    this.#current = this.#secondAt(this.#currentAt);
  }

  count(mediaSeconds: number, bytes: number): void {
    this.totalRequests += 1;
    this.totalBytes += bytes;
    this.#current.mediaSeconds += mediaSeconds;
    this.#current.bytes += bytes;
  }

  /** Moves on to the second that it is now; called once a second or more often. */
  tick(): void {
    const now = Math.floor(this.#clock.now() / 1000);
    const passed = Math.min(now - this.#currentAt, WINDOW_SECONDS + 1);
    for (let back = passed - 1; back >= 0; back--) {
      this.#current = this.#secondAt(now - back);
      this.#current.mediaSeconds = 0;
      this.#current.bytes = 0;
    }
    this.#currentAt = now;
  }

  /** Averages over the window, without the second that still runs. */
  measure(): { readonly viewers: number; readonly egressBitsPerSecond: number } {
    const whole = this.#seconds.filter((second) => second !== this.#current);
    const sum = (value: (second: Second) => number) =>
      whole.reduce((total, second) => total + value(second), 0);
    return {
      viewers: sum(({ mediaSeconds }) => mediaSeconds) / WINDOW_SECONDS,
      egressBitsPerSecond: Math.round((sum(({ bytes }) => bytes) * 8) / WINDOW_SECONDS),
    };
  }

  #secondAt(second: number): Second {
    const found = this.#seconds[second % this.#seconds.length];
    if (found === undefined) throw new RangeError(`second ${second}`);
    return found;
  }
}
