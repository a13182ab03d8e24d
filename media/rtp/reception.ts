import type { Milliseconds } from '../time.ts';
import { Counter } from './counter.ts';
import type { SentPacket } from './packet-reader.ts';
import type { ReportBlock } from './receiver-report.ts';

/** Counts how one stream arrives, for the reports to its sender (RFC 3550 §6.4.1, §A.3, §A.8). */
export class Reception {
  readonly ssrc: number;
  readonly #clockRate: number;
  readonly #sequences = new Counter(16);
  readonly #times = new Counter(32);
  #first: number | null = null;
  #highest = 0;
  #received = 0;
  #transit: number | null = null;
  #jitter = 0;
  #reported: { readonly expected: number; readonly received: number } = { expected: 0, received: 0 };
  #heard: { readonly shortTime: number; readonly atMs: Milliseconds } | null = null;

  /** `clockRate` is that of its timestamps, in Hz. */
  constructor(ssrc: number, clockRate: number) {
    this.ssrc = ssrc;
    this.#clockRate = clockRate;
  }

  push({ sequence, timestamp }: SentPacket, nowMs: Milliseconds): void {
    const extended = this.#sequences.extend(sequence);
    this.#first ??= extended;
    this.#highest = Math.max(this.#highest, extended);
    this.#received += 1;
    const transit = (nowMs * this.#clockRate) / 1000 - this.#times.extend(timestamp);
    if (this.#transit !== null) this.#jitter += (Math.abs(transit - this.#transit) - this.#jitter) / 16;
    this.#transit = transit;
  }

  /** A sender report came. */
  heard(shortTime: number, nowMs: Milliseconds): void {
    this.#heard = { shortTime, atMs: nowMs };
  }

  /** What to report now; null before the first packet. What is lost in part counts anew with each report. */
  report(nowMs: Milliseconds): ReportBlock | null {
    if (this.#first === null) return null;
    const expected = this.#highest - this.#first + 1;
    const since = expected - this.#reported.expected;
    const lost = since - (this.#received - this.#reported.received);
    this.#reported = { expected, received: this.#received };
    const delay = this.#heard === null ? 0 : Math.round(((nowMs - this.#heard.atMs) * 65_536) / 1000);
    return {
      ssrc: this.ssrc,
      fractionLost: since <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / since)),
      lost: expected - this.#received,
      highestSequence: this.#highest % 2 ** 32,
      jitter: Math.round(this.#jitter),
      shortTime: this.#heard?.shortTime ?? 0,
      delay,
    };
  }
}
