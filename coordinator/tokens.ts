import { randomBytes } from 'node:crypto';
import type { KV } from '@nats-io/kv';
import { type Bus, type Following, openBucket, watchBucket } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { epochAt } from '../wire/ids.ts';
import { REVOCATIONS_MAX, type Revocation, Revocations } from '../wire/revocations.ts';
import type { SessionSeen, SessionsSeen } from '../wire/sessions.ts';
import { REVOCATIONS_BUCKET, SESSIONS_SUBJECT } from '../wire/subjects.ts';
import { type Claims, print, TOKEN_LIFETIME_MAX_MS, TokenId } from '../wire/token.ts';
import { TokenCheck } from '../wire/token-check.ts';
import type { TokenKey, TokenKeys } from '../wire/token-keys.ts';
import { Sessions } from './sessions.ts';

/** 72 bits: nobody guesses the id of another's token. */
const ID_BYTES = 9;

type Parts = { readonly bus: Bus; readonly keys: TokenKeys; readonly clock: Clock; readonly log: Log };

/** Tokens of the cluster: makes them, counts who plays with them, and says which are good no more. */
export class Tokens {
  readonly check: TokenCheck;
  readonly #parts: Parts;
  readonly #bucket: KV;
  readonly #revocations: Revocations;
  readonly #sessions = new Sessions();
  readonly #watch: Following;

  private constructor(parts: Parts, bucket: KV, revocations: Revocations, watch: Following) {
    this.#parts = parts;
    this.#bucket = bucket;
    this.#revocations = revocations;
    this.#watch = watch;
    this.check = new TokenCheck(parts.keys, revocations);
    parts.bus.connection.subscribe(SESSIONS_SUBJECT, {
      callback: (error, message) => {
        if (error === null) this.#hear(message.data);
      },
    });
  }

  /** Resolves when all that is revoked has been heard. */
  static async open(parts: Parts): Promise<Tokens> {
    const { bus, clock } = parts;
    const revocations = new Revocations();
    const bucket = await openBucket(bus, REVOCATIONS_BUCKET, TOKEN_LIFETIME_MAX_MS);
    const watch = await watchBucket(bucket, (id, value) => revocations.hear(id, value, clock.now()));
    await watch.caughtUp;
    return new Tokens(parts, bucket, revocations, watch);
  }

  /** What signs; null when there are no keys. */
  get key(): TokenKey | null {
    return this.#parts.keys[0] ?? null;
  }

  get counted(): number {
    return this.#sessions.size;
  }

  newId = (): TokenId => TokenId.parse(randomBytes(ID_BYTES).toString('base64url'));

  /**
   * The token that a player is sent on with: of one that counts sessions each player gets its own. Null when as many
   * play already.
   */
  begin(token: string, claims: Claims): string | null {
    const { id, sessionsMax, session: before, expiresAtMs } = claims;
    const { key } = this;
    if (sessionsMax === null || key === null) return token;
    const now = this.#parts.clock.now();
    if (!this.#sessions.hasRoom(id, before, sessionsMax, now)) return null;
    const session = before ?? TokenId.parse(`${epochAt(now)}-${this.newId()}`);
    this.#tell({ token: id, session, max: sessionsMax, untilMs: expiresAtMs });
    return before === null ? print({ ...claims, session }, key) : token;
  }

  /** A token is good no more, on any node, within a moment. False when as many are revoked as can be. */
  async revoke(id: TokenId, untilMs = this.#parts.clock.now() + TOKEN_LIFETIME_MAX_MS): Promise<boolean> {
    if (this.#revocations.size >= REVOCATIONS_MAX) return false;
    const revocation: Revocation = { untilMs };
    await this.#bucket.put(id, JSON.stringify(revocation));
    return true;
  }

  async close(): Promise<void> {
    await this.#watch.close();
  }

  /** Counts a session here at once, and at other coordinators within a moment. */
  #tell(seen: SessionSeen): void {
    this.#sessions.see(seen, this.#parts.clock.now());
    const message: SessionsSeen = { sessions: [seen] };
    this.#parts.bus.connection.publish(SESSIONS_SUBJECT, JSON.stringify(message));
  }

  #hear(data: Uint8Array): void {
    const { clock, log } = this.#parts;
    for (const one of this.#sessions.hear(data, clock.now()) ?? []) {
      this.#sessions.forget(one);
      if (this.#revocations.has(one.session)) continue;
      log.info({ token: one.token }, `a session too many: the token is good for ${one.max}`);
      this.revoke(one.session, one.untilMs).catch((error) => log.warn({ err: error }, 'revoking failed'));
    }
  }
}
