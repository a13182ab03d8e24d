import { distance, SEQUENCE_MASK, type Sequence, type SequenceRange } from '../../../media/srt/sequence.ts';
import type { Milliseconds } from '../../../media/time.ts';

/** Packets between the first missing and the last one taken: 1 s at 90 Mb/s, 12 MB at most. */
export const WINDOW_PACKETS = 8_192;

/** So many packets in a row that lie further ahead are the sender's new place, not a broken one. */
const BEYOND_MAX = 16;

/** Packets that did not come, numbered without wrapping. */
type Gap = { first: number; last: number; readonly noticedMs: Milliseconds; askedMs: Milliseconds };

/** What became of a packet. */
export type Placed =
  /** `ready` follows what was given before; `gap` was not there until now. */
  | { readonly kind: 'placed'; readonly ready: readonly Uint8Array[]; readonly gap: SequenceRange | null }
  /** It came twice, or after it was given up. */
  | { readonly kind: 'stale' }
  /** It lies too far ahead. */
  | { readonly kind: 'beyond' };

/**
 * Puts packets back in order. What follows without a gap is given out at once: it goes to a file, so nobody gains
 * from holding it until it should be shown (the time-stamp based delivery of draft-sharabayko-srt §4.5). Only a gap
 * waits, for as long as the latency of the connection, and is then given up (§4.6). It counts from when the gap is
 * noticed, which drift of the sender's clock does not touch.
 */
export class ReceiveBuffer {
  readonly #latencyMs: Milliseconds;
  readonly #held = new Map<number, Uint8Array>();
  /** In order; those noticed later lie behind. */
  readonly #gaps: Gap[] = [];
  /** The first that was not given out. */
  #next: number;
  /** One behind the last that came. */
  #end: number;
  #lost = 0;
  #beyond = 0;

  constructor(initial: Sequence, latencyMs: Milliseconds) {
    this.#latencyMs = latencyMs;
    this.#next = initial;
    this.#end = initial;
  }

  /** Everything before it has come or is given up. */
  get next(): Sequence {
    return wrapped(this.#next);
  }

  /** Packets that may still come before the window is full. */
  get available(): number {
    return WINDOW_PACKETS - (this.#end - this.#next);
  }

  /** Packets that were given up. */
  get lost(): number {
    return this.#lost;
  }

  place(sequence: Sequence, payload: Uint8Array, nowMs: Milliseconds): Placed {
    const number = this.#end + distance(wrapped(this.#end), sequence);
    if (number < this.#next || this.#held.has(number)) return { kind: 'stale' };
    const isBeyond = number - this.#next >= WINDOW_PACKETS;
    this.#beyond = isBeyond ? this.#beyond + 1 : 0;
    if (isBeyond) return this.#beyond < BEYOND_MAX ? { kind: 'beyond' } : this.#restart(number, payload);
    const gap = number > this.#end ? this.#open(this.#end, number - 1, nowMs) : null;
    if (number < this.#end) this.#fill(number);
    this.#end = Math.max(this.#end, number + 1);
    this.#held.set(number, payload);
    return { kind: 'placed', ready: this.#takeReady(), gap };
  }

  /** Gives up the gaps that have waited long enough; gives what lies behind them. */
  giveUp(nowMs: Milliseconds): readonly Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (;;) {
      const gap = this.#gaps[0];
      if (gap === undefined || nowMs - gap.noticedMs < this.#latencyMs) return ready;
      this.#gaps.shift();
      this.#lost += gap.last - gap.first + 1;
      this.#next = gap.last + 1;
      ready.push(...this.#takeReady());
    }
  }

  /** The sender has not got these any more: what is missing of them is not waited for. */
  forgo({ first, last }: SequenceRange): void {
    const from = this.#end + distance(wrapped(this.#end), first);
    const to = this.#end + distance(wrapped(this.#end), last);
    for (const [index, gap] of this.#gaps.entries())
      if (gap.first >= from && gap.last <= to)
        this.#gaps[index] = { ...gap, noticedMs: Number.NEGATIVE_INFINITY };
  }

  /** Gaps that were not asked for within `intervalMs`; they count as asked for now. */
  missing(nowMs: Milliseconds, intervalMs: Milliseconds): SequenceRange[] {
    const due = this.#gaps.filter((gap) => nowMs - gap.askedMs >= intervalMs);
    for (const gap of due) gap.askedMs = nowMs;
    return due.map(({ first, last }) => ({ first: wrapped(first), last: wrapped(last) }));
  }

  /** The sender is far ahead, as after a long silence of the link: goes on with it. */
  #restart(number: number, payload: Uint8Array): Placed {
    const held = [...this.#held].toSorted(([a], [b]) => a - b).map(([, one]) => one);
    this.#lost += number - this.#next - held.length;
    this.#held.clear();
    this.#gaps.length = 0;
    this.#next = number + 1;
    this.#end = number + 1;
    return { kind: 'placed', ready: [...held, payload], gap: null };
  }

  #open(first: number, last: number, nowMs: Milliseconds): SequenceRange {
    this.#gaps.push({ first, last, noticedMs: nowMs, askedMs: nowMs });
    return { first: wrapped(first), last: wrapped(last) };
  }

  /** A missing packet came: what is left of its gap is none, one or two. */
  #fill(number: number): void {
    const index = this.#gaps.findIndex(({ first, last }) => number >= first && number <= last);
    const gap = this.#gaps[index];
    if (gap === undefined) return;
    const before = { ...gap, last: number - 1 };
    const behind = { ...gap, first: number + 1 };
    this.#gaps.splice(index, 1, ...[before, behind].filter(({ first, last }) => first <= last));
  }

  #takeReady(): Uint8Array[] {
    const ready: Uint8Array[] = [];
    for (;;) {
      const payload = this.#held.get(this.#next);
      if (payload === undefined) return ready;
      this.#held.delete(this.#next);
      ready.push(payload);
      this.#next += 1;
    }
  }
}

const wrapped = (number: number): Sequence => number % (SEQUENCE_MASK + 1);
