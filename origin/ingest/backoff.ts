import type { Milliseconds } from '../../media/time.ts';
import { whenAborted } from './shared-feed.ts';

/** Waits between runs of what keeps failing: the first, and the longest. */
const RESTART_MS = 500;
const RESTART_MAX_MS = 15_000;

/** A run this long was a good one: the next failure starts again with the first wait. */
const GOOD_RUN_MS = 30_000;

/** Waits longer each time that something fails, up to a bound. */
export class Backoff {
  #waitMs: Milliseconds = RESTART_MS;

  /** It ran for so long before it failed. */
  ran(ms: Milliseconds): void {
    if (ms > GOOD_RUN_MS) this.#waitMs = RESTART_MS;
  }

  /** Resolves when it is time to try again, or `signal` is aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    const waitMs = this.#waitMs;
    this.#waitMs = Math.min(RESTART_MAX_MS, waitMs * 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    await Promise.race([promise, whenAborted(signal)]);
    clearTimeout(timer);
  }
}
