import { z } from 'zod';
import { read } from './message.ts';
import { TOKEN_LIFETIME_MAX_MS, TokenId } from './token.ts';

/** What is kept of a token, or of a session, that is good no more; its key in the bucket is the id. */
export const Revocation = z.object({
  /** Milliseconds since 1970 from when on it would be good no more anyway. */
  untilMs: z.number().nonnegative(),
});
export type Revocation = Readonly<z.infer<typeof Revocation>>;

/** Revoked ids that are kept, some 100 bytes each. Whoever must revoke more has lost a key, and changes that. */
export const REVOCATIONS_MAX = 100_000;

/** How often those that would be good no more anyway are let go. */
const SWEEP_MS = 60_000;

/** Every id that is revoked. Told in the turn in which it is heard. */
export class Revocations {
  readonly #untilMs = new Map<string, number>();
  readonly #listeners = new Set<(id: TokenId) => void>();
  #sweptMs = 0;

  get size(): number {
    return this.#untilMs.size;
  }

  has(id: TokenId): boolean {
    return this.#untilMs.has(id);
  }

  /** Takes a revocation as it came, or null for one that was let go; false for what can't be read. */
  hear(id: string, value: Uint8Array | null, nowMs: number): boolean {
    this.#sweep(nowMs);
    if (value === null) return true;
    const token = TokenId.safeParse(id);
    const revocation = read(Revocation, value);
    if (!token.success || revocation === null) return false;
    if (revocation.untilMs <= nowMs) return true;
    if (this.#untilMs.size >= REVOCATIONS_MAX && !this.#untilMs.has(id)) return false;
    this.#untilMs.set(id, Math.min(revocation.untilMs, nowMs + TOKEN_LIFETIME_MAX_MS));
    for (const tell of [...this.#listeners]) tell(token.data);
    return true;
  }

  /** Tells of each that is revoked from now on; call what it returns to hear no more. */
  onRevoked(listener: (id: TokenId) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #sweep(nowMs: number): void {
    if (nowMs - this.#sweptMs < SWEEP_MS) return;
    this.#sweptMs = nowMs;
    for (const [id, untilMs] of this.#untilMs) if (untilMs <= nowMs) this.#untilMs.delete(id);
  }
}
