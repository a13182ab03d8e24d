import type { Clock } from '../../runtime/clock.ts';
import type { ChannelSettings } from '../../wire/channel.ts';
import type { Track } from '../../wire/presentation.ts';
import type { Source } from '../../wire/source.ts';
import { Unreadable } from '../transcode/probe.ts';
import { Backoff } from './backoff.ts';
import { EmptyFeed } from './facts.ts';
import { fromFeed, type OnAir } from './on-air.ts';
import type { Published, PublisherPlace } from './publisher.ts';
import { type FetchedFrom, openSource } from './sources.ts';

export type SupplyOptions = {
  readonly clock: Clock;
  /** Sources on this very machine may be pulled. */
  readonly allowsLocal: boolean;
  /** The tracks that the channel has had until now. */
  readonly before: () => readonly Track[];
  /** Told why there is nothing to show, each time that this is known. */
  readonly onAway: (reason: string) => void;
  /** Told that nobody publishes. */
  readonly onWaiting: () => void;
};

/** How a run ended, in words; one that broke off is tried again after a wait. */
export type SupplyEnd = { readonly kind: 'ended' | 'broken'; readonly reason: string };

/** Brings a channel its media: from who publishes, or from where the origin itself reads it. */
export class Supply {
  readonly #source: Source;
  readonly #settings: ChannelSettings;
  readonly #place: PublisherPlace;
  readonly #options: SupplyOptions;
  readonly #backoff = new Backoff();
  #turn = 0;

  constructor(source: Source, settings: ChannelSettings, place: PublisherPlace, options: SupplyOptions) {
    this.#source = source;
    this.#settings = settings;
    this.#place = place;
    this.#options = options;
  }

  /** Resolves when there is something to package, however long that takes; null when `signal` is aborted. */
  async open(signal: AbortSignal): Promise<OnAir | null> {
    while (!signal.aborted) {
      const onAir =
        this.#source.kind === 'publish'
          ? await this.#openPublished(signal)
          : await this.#openFetched(this.#source, signal);
      if (onAir !== null) return onAir;
    }
    return null;
  }

  /** Keeps who publishes connected, and throws away what is sent, until `signal` is aborted. */
  async idle(signal: AbortSignal): Promise<void> {
    for (;;) {
      const published = await this.#place.next(signal);
      if (published === null) return;
      await published.feed.drain(signal);
      if (published.feed.end !== null) published.done();
    }
  }

  /** What to say of a run that ended; `reason` is that of an encoder which did not get so far. */
  end(reason: string | null): SupplyEnd {
    const published = this.#place.published;
    const end = published?.feed.end ?? null;
    if (end !== null) published?.done();
    if (reason !== null) return { kind: 'broken', reason };
    if (end?.kind === 'broken') return { kind: 'ended', reason: end.reason };
    if (this.#source.kind === 'publish') return { kind: 'ended', reason: 'the publisher ended' };
    return { kind: 'ended', reason: 'the source ended' };
  }

  async #openPublished(signal: AbortSignal): Promise<OnAir | null> {
    if (this.#place.published === null) this.#options.onWaiting();
    const published = await this.#place.next(signal);
    if (published === null) return null;
    try {
      const { clock, before } = this.#options;
      return await fromFeed(published.feed.read(signal), this.#settings, { now: clock.now, before });
    } catch (error) {
      if (!signal.aborted) this.#refuse(published, error);
      return null;
    }
  }

  #refuse({ feed, done }: Published, error: unknown): void {
    if (error instanceof Unreadable) {
      this.#options.onAway(error.message);
      this.#place.sendAway(error.message);
      return;
    }
    if (!(error instanceof EmptyFeed)) throw error;
    this.#options.onAway(feed.end?.kind === 'broken' ? feed.end.reason : error.message);
    done();
  }

  async #openFetched(from: FetchedFrom, signal: AbortSignal): Promise<OnAir | null> {
    const { clock, allowsLocal, before } = this.#options;
    try {
      const opening = { settings: this.#settings, now: clock.now, before, turn: this.#turn, allowsLocal };
      this.#turn += 1;
      return await openSource(from, opening);
    } catch (error) {
      this.#options.onAway(error instanceof Error ? error.message : String(error));
      await this.#backoff.wait(signal);
      return null;
    }
  }
}
