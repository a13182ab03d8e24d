import type { Feed } from '../packaging/feed.ts';
import type { Admission, Publishing } from './door.ts';
import { SharedFeed, whenAborted } from './shared-feed.ts';

/** Who publishes to a channel now. */
export type Published = {
  readonly feed: SharedFeed;
  /** The channel is done with it. */
  readonly done: () => void;
};

type Held = { readonly controller: AbortController; published: Published | null };

/** The place of a channel's publisher: one at a time. */
export class PublisherPlace {
  readonly #channel: string;
  #held: Held | null = null;
  #arrived = Promise.withResolvers<void>();

  constructor(channel: string) {
    this.#channel = channel;
  }

  /** Lets a publisher in, in place of the one who is there if `takeover`. */
  admit(takeover: boolean): Admission {
    if (this.#held !== null) {
      if (!takeover) {
        const reason = `somebody publishes to '${this.#channel}' already`;
        return { kind: 'refused', code: 'taken', reason };
      }
      this.sendAway('another publisher took over');
    }
    const held: Held = { controller: new AbortController(), published: null };
    this.#held = held;
    return { kind: 'admitted', publishing: this.#publishing(held) };
  }

  /** Who publishes now. */
  get published(): Published | null {
    return this.#held?.published ?? null;
  }

  /** Resolves when somebody publishes; null when `signal` is aborted before. */
  async next(signal: AbortSignal): Promise<Published | null> {
    while (!signal.aborted) {
      if (this.published !== null) return this.published;
      await Promise.race([this.#arrived.promise, whenAborted(signal)]);
    }
    return null;
  }

  /** Ends the publisher's connection, if there is one. */
  sendAway(reason: string): void {
    const held = this.#held;
    if (held === null) return;
    this.#held = null;
    held.controller.abort(new Error(reason));
    held.published?.done();
  }

  #publishing(held: Held): Publishing {
    const release = () => {
      if (this.#held === held) this.#held = null;
    };
    return { signal: held.controller.signal, release, take: (feed) => this.#take(held, feed, release) };
  }

  async #take(held: Held, feed: Feed, release: () => void): Promise<void> {
    if (this.#held !== held) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const shared = new SharedFeed(feed);
    const done = () => {
      shared.close();
      release();
      resolve();
    };
    held.published = { feed: shared, done };
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    await promise;
  }
}
