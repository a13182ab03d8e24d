import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import {
  SESSIONS_TELL_MS,
  SESSIONS_TOLD_MAX,
  type SessionSeen,
  type SessionsSeen,
} from '../wire/sessions.ts';
import { ROLL_CALL, SESSIONS_SUBJECT } from '../wire/subjects.ts';
import type { Claims } from '../wire/token.ts';

/** Sessions that are told of at once: more than an edge has viewers. Others are told of the next time. */
const SEEN_MAX = 16_384;

/** Tells the coordinators which sessions play here, of tokens that are good for so many at once. */
export class Sessions {
  readonly #bus: Bus;
  readonly #stop: () => void;
  #seen = new Map<string, SessionSeen>();
  #told: ReadonlyMap<string, SessionSeen> = new Map();

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    const stopTelling = clock.every(SESSIONS_TELL_MS, () => this.#tellNew());
    const rollCall = bus.connection.subscribe(ROLL_CALL, {
      callback: () => this.#tell([...this.#told.values(), ...this.#seen.values()]),
    });
    this.#stop = () => {
      stopTelling();
      rollCall.unsubscribe();
    };
  }

  /** Somebody asked for something with a token. */
  touch({ id, session, sessionsMax, expiresAtMs }: Claims): void {
    if (session === null || sessionsMax === null || this.#seen.has(session)) return;
    if (this.#seen.size >= SEEN_MAX) return;
    const seen = { token: id, session, max: sessionsMax, untilMs: expiresAtMs };
    this.#seen.set(session, seen);
    // One that is new here is told of at once: it may be one too many.
    if (!this.#told.has(session)) this.#tell([seen]);
  }

  close(): void {
    this.#stop();
  }

  #tellNew(): void {
    this.#told = this.#seen;
    this.#seen = new Map();
    this.#tell([...this.#told.values()]);
  }

  #tell(sessions: readonly SessionSeen[]): void {
    for (let from = 0; from < sessions.length; from += SESSIONS_TOLD_MAX) {
      const message: SessionsSeen = { sessions: sessions.slice(from, from + SESSIONS_TOLD_MAX) };
      this.#bus.connection.publish(SESSIONS_SUBJECT, JSON.stringify(message));
    }
  }
}
