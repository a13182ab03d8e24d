import { LRUCache } from 'lru-cache';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PresentationId } from '../wire/ids.ts';
import { DEMAND_RENEWAL_MS, demandSubject } from '../wire/subjects.ts';

/** Presentations whose demand is remembered: forgetting one only says it once more. */
const DEMANDED_MAX = 4_096;

/** Tells the origin that somebody watches what works on demand, once in a while for as long as somebody does. */
export class Demanding {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #toldMs = new LRUCache<PresentationId, number>({ max: DEMANDED_MAX });

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Somebody asked for a manifest. */
  touch(id: PresentationId): void {
    const now = this.#clock.now();
    if (now - (this.#toldMs.get(id) ?? 0) < DEMAND_RENEWAL_MS) return;
    this.#toldMs.set(id, now);
    this.#bus.connection.publish(demandSubject(id));
  }
}
