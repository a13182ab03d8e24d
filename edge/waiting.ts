import type { Milliseconds } from '../media/time.ts';

/** Requests held at once. One costs a few hundred bytes; more than this is not viewers. */
const WAITERS_MAX = 50_000;

/** Looks whether there is something by now; null when there is not. */
export type Look<T> = () => T | Promise<T> | null;

/** A request as it is held. */
export type Held<T> = {
  /** The track that it waits for. */
  readonly key: string;
  /** What it asks for: those who wait for the same get one answer. */
  readonly what: string;
  readonly timeoutMs: Milliseconds;
  /** How many who wait for the same are answered in one turn, before others have theirs; all when it is not said. */
  readonly batch?: number;
  readonly look: Look<T>;
};

type Batch<T> = PromiseWithResolvers<T | null> & { size: number };

type Group<T> = {
  readonly look: Look<T>;
  readonly batch: number;
  readonly batches: Batch<T>[];
  readonly timer: ReturnType<typeof setTimeout>;
};

/** Requests that are held until a track has grown. */
export class Waiting<T> {
  readonly #tracks = new Map<string, Map<string, Group<T>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Looks for something now, and again each time the track grows, until it is there: once for all who wait for the same.
   * Null when it is not there `timeoutMs` after the first of them came, or too many wait already.
   */
  wait(held: Held<T>): T | Promise<T | null> | null {
    const known = this.#tracks.get(held.key)?.get(held.what);
    const found = known === undefined ? held.look() : null;
    if (found !== null || this.#size >= WAITERS_MAX) return found;
    this.#size += 1;
    return join(known ?? this.#open(held));
  }

  /** A track has grown: everybody looks at it as it is now, before it grows again. */
  release(key: string): void {
    for (const [what, { look }] of this.#tracks.get(key) ?? []) {
      const found = look();
      if (found !== null) this.#end(key, what, found);
    }
  }

  #open({ key, what, timeoutMs, look, batch = Number.POSITIVE_INFINITY }: Held<T>): Group<T> {
    const timer = setTimeout(() => this.#end(key, what, null), timeoutMs);
    const group: Group<T> = { look, batch, batches: [], timer };
    const groups = this.#tracks.get(key) ?? new Map<string, Group<T>>();
    this.#tracks.set(key, groups.set(what, group));
    return group;
  }

  #end(key: string, what: string, found: T | Promise<T> | null): void {
    const groups = this.#tracks.get(key);
    const group = groups?.get(what);
    if (groups === undefined || group === undefined) return;
    clearTimeout(group.timer);
    groups.delete(what);
    if (groups.size === 0) this.#tracks.delete(key);
    this.#letGo(group.batches, found);
  }

  /** One batch in this turn and one in each that follows: who has come meanwhile need not stand behind all of them. */
  #letGo([first, ...others]: readonly Batch<T>[], found: T | Promise<T> | null): void {
    if (first === undefined) return;
    this.#size -= first.size;
    first.resolve(found);
    if (others.length > 0) setImmediate(() => this.#letGo(others, found));
  }
}

function join<T>({ batches, batch }: Group<T>): Promise<T | null> {
  let last = batches.at(-1);
  if (last === undefined || last.size === batch) {
    last = { ...Promise.withResolvers<T | null>(), size: 0 };
    batches.push(last);
  }
  last.size += 1;
  return last.promise;
}
