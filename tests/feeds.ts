import type { Demuxed } from '../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import type { Sample } from '../media/sample.ts';
import type { Admit, Claim, RefusalCode } from '../origin/ingest/door.ts';

/** What a channel of a test took of one feed. */
export type Taken = {
  readonly claim: Claim;
  readonly events: readonly Demuxed[];
  readonly tracks: readonly MovieTrack[];
  readonly samples: readonly (Sample & { readonly trackId: number })[];
  /** Why the feed broke off; null when it ended. */
  readonly broken: string | null;
};

/** Channels that take what is published with the key `secret`, and remember it. */
export class Feeds {
  readonly #ended = new Map<string, PromiseWithResolvers<Taken>[]>();
  readonly #arrivals = new Map<string, Arrivals>();
  readonly #stops = new Map<string, AbortController>();
  readonly #counts = new Map<string, number>();
  /** Channels that somebody holds. */
  readonly held = new Set<string>();

  readonly admit: Admit = (claim) => {
    const refused = this.#refusal(claim);
    if (refused !== null) return { kind: 'refused', code: refused, reason: REASONS[refused] };
    const { presentation } = claim;
    const stop = new AbortController();
    this.#stops.set(presentation, stop);
    this.held.add(presentation);
    const release = () => void this.held.delete(presentation);
    return {
      kind: 'admitted',
      publishing: { signal: stop.signal, release, take: (feed) => this.#take(claim, feed) },
    };
  };

  /** The feed of a channel that ended, the first or a later one. */
  ended(presentation: string, count = 0): Promise<Taken> {
    return this.#ending(presentation, count).promise;
  }

  /** Resolves when so many samples of a feed of a channel have come. */
  begun(presentation: string, feed = 0, samples = 1): Promise<void> {
    const arrivals = this.#arriving(presentation, feed);
    return new Promise((resolve) => {
      arrivals.waiting.push({ samples, resolve });
      arrivals.come(0);
    });
  }

  stop(presentation: string, reason: string): void {
    this.#stops.get(presentation)?.abort(new Error(reason));
  }

  #refusal({ presentation, key }: Claim): RefusalCode | null {
    if (presentation === 'unknown') return 'unknown-channel';
    if (key !== 'secret') return 'wrong-key';
    return this.held.has(presentation) ? 'taken' : null;
  }

  async #take(claim: Claim, feed: AsyncIterable<Demuxed>): Promise<void> {
    const count = this.#counts.get(claim.presentation) ?? 0;
    this.#counts.set(claim.presentation, count + 1);
    const arrivals = this.#arriving(claim.presentation, count);
    const events: Demuxed[] = [];
    let broken: string | null = null;
    try {
      for await (const event of feed) {
        events.push(event);
        if (event.kind === 'samples') arrivals.come(event.runs.length);
      }
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error);
    }
    const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
    const samples = runs.flatMap(({ trackId, samples }) => samples.map((sample) => ({ ...sample, trackId })));
    const tracks = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
    this.#ending(claim.presentation, count).resolve({ claim, events, tracks, samples, broken });
  }

  #ending(presentation: string, count: number): PromiseWithResolvers<Taken> {
    const all = this.#ended.get(presentation) ?? [];
    this.#ended.set(presentation, all);
    all[count] ??= Promise.withResolvers<Taken>();
    return all[count];
  }

  #arriving(presentation: string, feed: number): Arrivals {
    const key = `${presentation}/${feed}`;
    const arrivals = this.#arrivals.get(key) ?? new Arrivals();
    this.#arrivals.set(key, arrivals);
    return arrivals;
  }
}

/** Counts samples, and tells those who wait for so many. */
class Arrivals {
  readonly waiting: { readonly samples: number; readonly resolve: () => void }[] = [];
  #count = 0;

  come(samples: number): void {
    this.#count += samples;
    for (const one of this.waiting) if (this.#count >= one.samples) one.resolve();
  }
}

const REASONS: Readonly<Record<RefusalCode, string>> = {
  'unknown-channel': 'there is no such channel',
  'wrong-key': 'the key is wrong',
  taken: 'somebody publishes already',
  stopped: 'it is stopped',
  'not-published-to': 'it has a source of its own',
};
