import { read } from '../wire/message.ts';
import { SESSION_TTL_MS, type SessionSeen, SessionsSeen } from '../wire/sessions.ts';
import type { TokenId } from '../wire/token.ts';

type Seen = SessionSeen & { readonly heardMs: number };

/** Sessions counted at once, some 300 bytes each. */
const SESSIONS_MAX = 100_000;

/** How often those that are over are let go. */
const SWEEP_MS = 5_000;

/**
 * Which sessions play, of tokens that are good for so many at once. What coordinators and edges tell one another is
 * all that it knows: it comes back within seconds.
 */
export class Sessions {
  readonly #byToken = new Map<TokenId, Map<TokenId, Seen>>();
  #size = 0;
  #sweptMs = 0;

  get size(): number {
    return this.#size;
  }

  /** Whether one more may begin, or go on: fewer others play than the token is good for. */
  hasRoom(token: TokenId, session: TokenId | null, max: number, nowMs: number): boolean {
    this.#sweep(nowMs);
    const others = this.#active(token, nowMs).filter((one) => one.session !== session);
    return others.length < max && this.#size < SESSIONS_MAX;
  }

  /** Takes what an edge or another coordinator said; null when it can't be read, else those that are too many. */
  hear(data: Uint8Array, nowMs: number): readonly SessionSeen[] | null {
    const message = read(SessionsSeen, data);
    if (message === null) return null;
    for (const seen of message.sessions) this.see(seen, nowMs);
    const tokens = new Map(message.sessions.map(({ token, max }) => [token, max]));
    return [...tokens].flatMap(([token, max]) => this.#tooMany(token, max, nowMs));
  }

  /** A session plays now. */
  see(seen: SessionSeen, nowMs: number): void {
    this.#sweep(nowMs);
    const sessions = this.#byToken.get(seen.token) ?? new Map<TokenId, Seen>();
    if (!sessions.has(seen.session)) {
      if (this.#size >= SESSIONS_MAX) return;
      this.#size += 1;
    }
    this.#byToken.set(seen.token, sessions.set(seen.session, { ...seen, heardMs: nowMs }));
  }

  /** A session is over. */
  forget({ token, session }: Pick<SessionSeen, 'token' | 'session'>): void {
    const sessions = this.#byToken.get(token);
    if (!sessions?.delete(session)) return;
    this.#size -= 1;
    if (sessions.size === 0) this.#byToken.delete(token);
  }

  /** Those that began first play on: the same ones, whoever counts. */
  #tooMany(token: TokenId, max: number, nowMs: number): readonly SessionSeen[] {
    return this.#active(token, nowMs)
      .toSorted((a, b) => (a.session < b.session ? -1 : 1))
      .slice(max);
  }

  #active(token: TokenId, nowMs: number): readonly Seen[] {
    const sessions = this.#byToken.get(token)?.values() ?? [];
    return [...sessions].filter(({ heardMs }) => nowMs - heardMs < SESSION_TTL_MS);
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const sessions of this.#byToken.values())
      for (const seen of sessions.values()) if (nowMs - seen.heardMs >= SESSION_TTL_MS) this.forget(seen);
  }
}
