import type { Milliseconds } from '../../../media/time.ts';

/** Acknowledgements that wait for their answer; older ones are forgotten. */
const WAITING_MAX = 64;

/** Measures the time from an acknowledgement to its answer (draft-sharabayko-srt §4.10). */
export class RoundTrip {
  readonly #sent = new Map<number, Milliseconds>();
  #measured = false;
  rttMs: Milliseconds = 100;
  varianceMs: Milliseconds = 50;

  sent(number: number, nowMs: Milliseconds): void {
    this.#sent.set(number, nowMs);
    const [oldest] = this.#sent.keys();
    if (this.#sent.size > WAITING_MAX && oldest !== undefined) this.#sent.delete(oldest);
  }

  /** False for an answer to nothing. */
  answered(number: number, nowMs: Milliseconds): boolean {
    const sentMs = this.#sent.get(number);
    if (sentMs === undefined) return false;
    this.#sent.delete(number);
    const taken = nowMs - sentMs;
    this.varianceMs = this.#measured ? (3 * this.varianceMs + Math.abs(this.rttMs - taken)) / 4 : taken / 2;
    this.rttMs = this.#measured ? (7 * this.rttMs + taken) / 8 : taken;
    this.#measured = true;
    return true;
  }
}
