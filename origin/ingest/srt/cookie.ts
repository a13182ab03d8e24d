import { createHmac, randomBytes } from 'node:crypto';

/** How long a cookie is good for: this minute and the next (draft-sharabayko-srt §4.3.1.1). */
const MINUTE_MS = 60_000;

/**
 * Proves that a caller receives what is sent to its address, without remembering anything about those who only
 * called once: so handshakes that are half open take no memory.
 */
export class Cookies {
  readonly #secret: Uint8Array;

  constructor(secret: Uint8Array = randomBytes(32)) {
    this.#secret = secret;
  }

  /** For the caller at `address`, an unsigned number of 32 bits. */
  bake(address: string, nowMs: number): number {
    return this.#of(address, Math.floor(nowMs / MINUTE_MS));
  }

  isGood(cookie: number, address: string, nowMs: number): boolean {
    const minute = Math.floor(nowMs / MINUTE_MS);
    return cookie === this.#of(address, minute) || cookie === this.#of(address, minute - 1);
  }

  #of(address: string, minute: number): number {
    return createHmac('sha256', this.#secret).update(`${address} ${minute}`).digest().readUInt32BE(0);
  }
}
