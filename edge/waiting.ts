import type { Milliseconds } from '../media/time.ts';

/** Requests held at once. One costs a few hundred bytes; more than this is not viewers. */
const WAITERS_MAX = 50_000;

type Waiter<T> = { readonly look: () => T | null; readonly resolve: (found: T | null) => void };

/** Requests that are held until a track has grown. */
export class Waiting<T> {
  readonly #waiters = new Map<string, Set<Waiter<T>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Looks now, and again each time the track of `key` grows, until there is something. Null when there is nothing
   * after `timeoutMs`, or too many wait already.
   */
  wait(key: string, timeoutMs: Milliseconds, look: () => T | null): T | Promise<T | null> | null {
    const found = look();
    if (found !== null || this.#size >= WAITERS_MAX) return found;
    const { promise, resolve } = Promise.withResolvers<T | null>();
    const waiter: Waiter<T> = { look, resolve };
    this.#add(key, waiter);
    const timer = setTimeout(() => {
      this.#remove(key, waiter);
      resolve(null);
    }, timeoutMs);
    return promise.finally(() => clearTimeout(timer));
  }

  /** A track has grown: everybody looks at it as it is now, before it grows again. */
  release(key: string): void {
    for (const waiter of this.#waiters.get(key) ?? []) {
      const found = waiter.look();
      if (found === null) continue;
      this.#remove(key, waiter);
      waiter.resolve(found);
    }
  }

  #add(key: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(key) ?? new Set();
    this.#waiters.set(key, waiters.add(waiter));
    this.#size += 1;
  }

  #remove(key: string, waiter: Waiter<T>): void {
    const waiters = this.#waiters.get(key);
    if (!waiters?.delete(waiter)) return;
    this.#size -= 1;
    if (waiters.size === 0) this.#waiters.delete(key);
  }
}
