import type { Milliseconds } from '../time.ts';
import { Counter } from './counter.ts';
import type { Packet } from './packet.ts';

/** What comes out of the buffer, in the order of sending. */
export type Ordered =
  | { readonly kind: 'packet'; readonly packet: Packet }
  /** This many packets before the next one did not come in time. */
  | { readonly kind: 'lost'; readonly count: number };

export type ReorderOptions = {
  /** How long a packet is waited for once a later one is there. */
  readonly waitMs: Milliseconds;
  /** Packets held at most while one is waited for. */
  readonly packetsMax: number;
};

/** A sender that jumps by more than this has started anew (RFC 3550 §A.1, `MAX_DROPOUT`). */
const JUMP_MAX = 3_000;

type Held = { readonly packet: Packet; readonly atMs: Milliseconds };

/** Puts packets back into the order in which they were sent; drops those that come twice or too late. */
export class Reorder {
  readonly #options: ReorderOptions;
  readonly #held = new Map<number, Held>();
  #counter = new Counter(16);
  #next: number | null = null;

  constructor(options: ReorderOptions) {
    this.#options = options;
  }

  /** Takes a packet that came at `nowMs`; gives what can go on. */
  push(packet: Packet, nowMs: Milliseconds): Ordered[] {
    if (this.#jumped(packet)) return [...this.#restart(), ...this.push(packet, nowMs)];
    const sequence = this.#counter.extend(packet.sequence);
    this.#next ??= sequence;
    if (sequence < this.#next) return [];
    this.#held.set(sequence, { packet, atMs: nowMs });
    const ordered = this.#drain(this.#next);
    while (this.#isOverdue(nowMs)) ordered.push(...this.#skip());
    return ordered;
  }

  #jumped({ sequence }: Packet): boolean {
    return this.#next !== null && Math.abs(this.#counter.peek(sequence) - this.#next) > JUMP_MAX;
  }

  #restart(): Ordered[] {
    const count = this.#held.size;
    this.#held.clear();
    this.#counter = new Counter(16);
    this.#next = null;
    return [{ kind: 'lost', count: count + 1 }];
  }

  #drain(from: number): Ordered[] {
    const ordered: Ordered[] = [];
    let next = from;
    for (let held = this.#held.get(next); held !== undefined; held = this.#held.get(next)) {
      ordered.push({ kind: 'packet', packet: held.packet });
      this.#held.delete(next);
      next += 1;
    }
    this.#next = next;
    return ordered;
  }

  #isOverdue(nowMs: Milliseconds): boolean {
    if (this.#held.size > this.#options.packetsMax) return true;
    for (const { atMs } of this.#held.values()) if (nowMs - atMs >= this.#options.waitMs) return true;
    return false;
  }

  /** Goes on with the first packet that is there. */
  #skip(): Ordered[] {
    const first = Math.min(...this.#held.keys());
    const count = first - (this.#next ?? first);
    return [{ kind: 'lost', count }, ...this.#drain(first)];
  }
}
