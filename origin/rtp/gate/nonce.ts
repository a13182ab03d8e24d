import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Milliseconds } from '../../../media/time.ts';

/** How long a nonce is good for: whoever copied a request may repeat it so long. */
const NONCE_MS: Milliseconds = 60_000;

const NONCE = /^([0-9a-z]{1,9})\.([\w-]{22})$/;

export type NonceState = 'good' | 'stale' | 'forged';

/** Nonces for Digest (RFC 7616 §3.3) that say themselves when they were made, so that nothing is kept of them. */
export class Nonces {
  readonly #secret = randomBytes(32);

  make(nowMs: Milliseconds): string {
    const made = Math.floor(nowMs).toString(36);
    return `${made}.${this.#sign(made)}`;
  }

  look(nonce: string, nowMs: Milliseconds): NonceState {
    const [, made = '', mac = ''] = NONCE.exec(nonce) ?? [];
    if (mac === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(this.#sign(made)))) return 'forged';
    return nowMs - Number.parseInt(made, 36) <= NONCE_MS ? 'good' : 'stale';
  }

  #sign(made: string): string {
    return createHmac('sha256', this.#secret).update(made).digest('base64url').slice(0, 22);
  }
}
