import type { Subscription } from '@nats-io/transport-node';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PresentationId, TrackId } from '../wire/ids.ts';
import * as Paths from '../wire/paths.ts';
import { pushedPath, pushesOf } from '../wire/subjects.ts';

/** A track counts as watched for so long after somebody last asked for its playlist, in target durations. */
const WATCHED_TARGETS = 4;
const SWEEP_MS = 1_000;

/** Given a chunk that the origin has pushed. */
export type OnPushed = (path: Paths.ChunkPath, bytes: Uint8Array) => void;

/** Told that nobody watches a track any more. */
export type OnUnwatched = (presentation: PresentationId, track: TrackId) => void;

type Watched = {
  untilMs: number;
  readonly presentation: PresentationId;
  readonly track: TrackId;
  readonly pushes: Subscription;
};

/** The live tracks that somebody watches here: their chunks are taken as the origin pushes them. */
export class Watching {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #onPushed: OnPushed;
  readonly #onUnwatched: OnUnwatched;
  readonly #watched = new Map<string, Watched>();
  readonly #stopSweeping: () => void;

  constructor(bus: Bus, clock: Clock, onPushed: OnPushed, onUnwatched: OnUnwatched) {
    this.#bus = bus;
    this.#clock = clock;
    this.#onPushed = onPushed;
    this.#onUnwatched = onUnwatched;
    this.#stopSweeping = clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#watched.size;
  }

  has(presentation: PresentationId, track: TrackId): boolean {
    return this.#watched.has(`${presentation}/${track}`);
  }

  /** Somebody asked for the playlist of a track. */
  touch(presentation: PresentationId, track: TrackId, targetDurationMs: number): void {
    const untilMs = this.#clock.now() + WATCHED_TARGETS * targetDurationMs;
    const known = this.#watched.get(`${presentation}/${track}`);
    if (known !== undefined) known.untilMs = untilMs;
    else {
      const pushes = this.#listen(presentation, track);
      this.#watched.set(`${presentation}/${track}`, { untilMs, presentation, track, pushes });
    }
  }

  close(): void {
    this.#stopSweeping();
    for (const { pushes } of this.#watched.values()) pushes.unsubscribe();
    this.#watched.clear();
  }

  #listen(presentation: PresentationId, track: TrackId): Subscription {
    return this.#bus.connection.subscribe(pushesOf(presentation, track), {
      callback: (error, message) => {
        const path = error === null ? Paths.parse(pushedPath(message.subject)) : null;
        if (path?.kind === 'chunk') this.#onPushed(path, message.data);
      },
    });
  }

  #sweep(): void {
    const now = this.#clock.now();
    for (const [key, { untilMs, pushes, presentation, track }] of this.#watched) {
      if (untilMs >= now) continue;
      pushes.unsubscribe();
      this.#watched.delete(key);
      this.#onUnwatched(presentation, track);
    }
  }
}
