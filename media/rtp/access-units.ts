import type { Packet } from './packet.ts';
import type { Ordered } from './reorder.ts';

/** The packets of one picture, which share a timestamp, were collected or some of them are missing. */
export type Gathered =
  | { readonly kind: 'unit'; readonly timestamp: number; readonly payloads: readonly Uint8Array[] }
  | { readonly kind: 'broken' };

/** Largest picture taken: a key frame of 4K at 50 Mbit/s stays below it. */
const UNIT_MAX_BYTES = 8 * 1024 * 1024;

/** Gathers packets to pictures: one ends with the marker, or where the timestamp changes (RFC 3550 §5.1). */
export class AccessUnits {
  #timestamp = 0;
  #payloads: Uint8Array[] = [];
  #bytes = 0;
  #isBroken = false;
  /** Packets were lost before the next one: maybe the end of one picture, maybe the start of another. */
  #isLost = false;

  push(ordered: Ordered): Gathered[] {
    if (ordered.kind === 'packet') return this.#take(ordered.packet);
    this.#isLost = true;
    return [];
  }

  /** Packets without payload only pad what is sent. */
  #take({ timestamp, marker, payload }: Packet): Gathered[] {
    if (payload.byteLength === 0) return [];
    const isNext = this.#payloads.length > 0 && timestamp !== this.#timestamp;
    this.#isBroken ||= this.#isLost;
    const before = isNext ? [this.#finish()] : [];
    this.#isBroken ||= this.#isLost;
    this.#isLost = false;
    this.#timestamp = timestamp;
    this.#bytes += payload.byteLength;
    if (this.#bytes > UNIT_MAX_BYTES) this.#isBroken = true;
    // What is broken is thrown away, so only one payload of it is kept, to know that it has begun.
    if (!this.#isBroken || this.#payloads.length === 0) this.#payloads.push(payload);
    return marker ? [...before, this.#finish()] : before;
  }

  #finish(): Gathered {
    const unit: Gathered = this.#isBroken
      ? { kind: 'broken' }
      : { kind: 'unit', timestamp: this.#timestamp, payloads: this.#payloads };
    this.#payloads = [];
    this.#bytes = 0;
    this.#isBroken = false;
    return unit;
  }
}
