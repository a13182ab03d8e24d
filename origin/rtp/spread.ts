import type { Milliseconds } from '../../media/time.ts';
import type { Targets } from '../../runtime/udp.ts';
import type { Outbox } from './outbox.ts';

/**
 * Packets that a receiver gets in one go, and the pause behind them: 150 Mb/s. The usual buffer of a UDP socket holds
 * about ninety packets, and a key frame in 1080p can have four hundred.
 */
const SPREAD_PACKETS = 16;
const SPREAD_MS: Milliseconds = 1;

/** Packets that wait for their turn, at most: a stream that is faster than this can't be spread. */
const WAITING_MAX = 4_096;

type Part = { readonly packets: readonly Uint8Array[]; readonly to: Targets };

/** Sends the packets of a large picture a few at a time, so that no receiver is flooded; in order. */
export class Spread {
  readonly #outbox: Outbox;
  #parts: Part[] = [];
  #waiting = 0;
  #isPausing = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  push(packets: readonly Uint8Array[], to: Targets): void {
    for (let at = 0; at < packets.length; at += SPREAD_PACKETS) {
      this.#parts.push({ packets: packets.slice(at, at + SPREAD_PACKETS), to });
    }
    this.#waiting += packets.length;
    if (!this.#isPausing || this.#waiting > WAITING_MAX) this.#send();
  }

  #send(): void {
    this.#isPausing = false;
    const enough = this.#waiting > WAITING_MAX ? this.#waiting : SPREAD_PACKETS;
    for (let sent = 0; sent < enough; ) {
      const part = this.#parts.shift();
      if (part === undefined) return;
      this.#outbox.push(part.packets, part.to);
      sent += part.packets.length;
      this.#waiting -= part.packets.length;
    }
    if (this.#parts.length === 0) return;
    this.#isPausing = true;
    setTimeout(() => {
      if (this.#isPausing) this.#send();
    }, SPREAD_MS);
  }
}
