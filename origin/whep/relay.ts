import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { PresentationId, TrackId } from '../../wire/ids.ts';
import type { LiveStream } from '../rtp/live/stream.ts';
import { History } from './history.ts';
import { OpusSound } from './opus.ts';

export type RelayOptions = {
  readonly presentation: PresentationId;
  readonly stream: LiveStream;
  readonly clock: Clock;
  readonly log: Log;
  readonly counts: { sounds: number };
};

type Shared = Pick<RelayOptions, 'clock' | 'log' | 'counts'>;

/** What the viewers of one channel share, as long as there are any: packets to send again, and sound made Opus. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #histories = new Map<TrackId, History>();
  readonly #sounds = new Map<TrackId, OpusSound>();

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  get stream(): LiveStream {
    return this.#options.stream;
  }

  history(track: TrackId): History {
    const known = this.#histories.get(track) ?? new History();
    this.#histories.set(track, known);
    return known;
  }

  sound(track: TrackId): OpusSound {
    const known = this.#sounds.get(track) ?? new OpusSound({ ...this.#options, track });
    this.#sounds.set(track, known);
    return known;
  }
}

/** The relays of all channels that somebody watches. */
export class Relays {
  readonly #shared: Shared;
  readonly #held = new Map<LiveStream, { readonly relay: Relay; viewers: number }>();

  constructor(shared: Shared) {
    this.#shared = shared;
  }

  /** The relay of a channel for one more viewer. */
  hold(presentation: PresentationId, stream: LiveStream): Relay {
    const held = this.#held.get(stream) ?? {
      relay: new Relay({ presentation, stream, ...this.#shared }),
      viewers: 0,
    };
    held.viewers += 1;
    this.#held.set(stream, held);
    return held.relay;
  }

  /** That viewer is gone. */
  release({ stream }: Relay): void {
    const held = this.#held.get(stream);
    if (held === undefined) return;
    held.viewers -= 1;
    if (held.viewers === 0) this.#held.delete(stream);
  }
}
