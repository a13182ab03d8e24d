import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { Feed } from '../packaging/feed.ts';

/** How a feed ended: by itself, or broken off. */
export type FeedEnd = { readonly kind: 'ended' } | { readonly kind: 'broken'; readonly reason: string };

type Next = IteratorResult<Demuxed> | { readonly reason: string };

/**
 * A feed that is read in several goes, one after another: each starts with what tracks there are. So a channel can be
 * paused, or begin a new epoch, while its publisher stays.
 */
export class SharedFeed {
  readonly #iterator: AsyncIterator<Demuxed>;
  #movie: Demuxed | null = null;
  #next: Promise<IteratorResult<Demuxed>> | null = null;
  #end: FeedEnd | null = null;

  constructor(feed: Feed) {
    this.#iterator = feed[Symbol.asyncIterator]();
  }

  /** Null while it goes on. */
  get end(): FeedEnd | null {
    return this.#end;
  }

  /** Reads on until the feed ends or `signal` is aborted; that it broke off is told by `end`. */
  async *read(signal: AbortSignal): Feed {
    if (this.#movie !== null) yield this.#movie;
    while (this.#end === null && !signal.aborted) {
      const result = await this.#nextUnless(signal);
      if (result === null) return;
      this.#next = null;
      if ('reason' in result) this.#end = { kind: 'broken', reason: result.reason };
      else if (result.done) this.#end = { kind: 'ended' };
      else {
        if (result.value.kind === 'movie') this.#movie = result.value;
        yield result.value;
      }
    }
  }

  /** What comes next, or how it broke off; null when `signal` is aborted before. It stays to be read then. */
  #nextUnless(signal: AbortSignal): Promise<Next | null> {
    this.#next ??= this.#iterator.next();
    const { promise, resolve } = Promise.withResolvers<Next | null>();
    const stop = () => resolve(null);
    signal.addEventListener('abort', stop, { once: true });
    // A race with a promise that lives as long as the run would remember each of its rounds.
    this.#next.then(resolve, (error) => resolve(brokenOff(error)));
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }

  /** Reads on and throws away what comes. */
  async drain(signal: AbortSignal): Promise<void> {
    for await (const _ of this.read(signal));
  }

  /** Nobody will read on. */
  close(): void {
    void this.#iterator.return?.();
  }
}

const brokenOff = (error: unknown) => ({ reason: error instanceof Error ? error.message : String(error) });

/** Resolves with null. */
export function whenAborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}
