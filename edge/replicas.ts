import { LRUCache } from 'lru-cache';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { PresentationId } from '../wire/ids.ts';
import { type OnChanged, Replica } from './replica.ts';

/** Presentations followed at once: each live one costs a consumer on NATS. */
const REPLICAS_MAX = 4_096;

/** A live presentation that nobody asked for in this time is no longer followed. */
const IDLE_MS = 60_000;
const SWEEP_MS = 10_000;

/** The presentations that this edge follows: those that somebody watches. */
export class Replicas {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #open: LRUCache<PresentationId, Replica>;
  readonly #stopSweeping: () => void;

  constructor(bus: Bus, clock: Clock, log: Log, onChanged: OnChanged) {
    this.#bus = bus;
    this.#clock = clock;
    this.#open = new LRUCache({
      max: REPLICAS_MAX,
      fetchMethod: (id) => Replica.open(this.#bus, id, clock.now(), onChanged),
      dispose: (replica) => {
        replica.close().catch((error) => log.warn({ err: error }, 'closing a replica failed'));
      },
    });
    this.#stopSweeping = clock.every(SWEEP_MS, () => this.#sweep());
  }

  get size(): number {
    return this.#open.size;
  }

  /** The replica when it is already here, without waiting. */
  peek(id: PresentationId): Replica | null {
    const replica = this.#open.get(id);
    if (replica === undefined) return null;
    if (!replica.isLost) return replica;
    this.#open.delete(id);
    return null;
  }

  /** The replica, opened when somebody asks for it first. Rejects when NATS does not answer. */
  async get(id: PresentationId): Promise<Replica> {
    const replica = this.peek(id) ?? (await this.#open.fetch(id));
    if (replica === undefined) throw new Error(`the replica of ${id} was closed while it opened`);
    return replica;
  }

  /** Forgets a presentation; the next request opens it anew. */
  drop(id: PresentationId): void {
    this.#open.delete(id);
  }

  close(): void {
    this.#stopSweeping();
    this.#open.clear();
  }

  #sweep(): void {
    const idleSince = this.#clock.now() - IDLE_MS;
    for (const [id, replica] of this.#open.entries()) {
      if (!replica.isComplete && replica.lastAskedMs < idleSince) this.#open.delete(id);
    }
  }
}
