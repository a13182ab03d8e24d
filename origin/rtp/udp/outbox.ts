import type { Targets } from '../../../runtime/udp.ts';
import { noCounts, type RtpCounts } from '../counts.ts';

/** Datagrams sent before others have their turn: about 10 ms. */
const TURN_DATAGRAMS = 4_096;

/** Datagrams that may wait: about half a second of what a core can send. More would only be late. */
const WAITING_MAX = 200_000;

/** Packets on their way to several. */
type Letter = { readonly packets: readonly Uint8Array[]; readonly to: Targets; sent: number };

/**
 * Packets that wait for the system to take them, in order. It takes them in calls of many datagrams, and others have
 * their turn now and then. What would wait too long is dropped.
 */
export class Outbox {
  readonly #defer: (work: () => void) => void;
  #letters: Letter[] = [];
  #waiting = 0;
  #state: 'idle' | 'deferred' | 'blocked' = 'idle';
  #failedAt: Letter | null = null;
  readonly counts: RtpCounts;

  /** `defer` calls back after others had their turn; several boxes may share `counts`. */
  constructor(defer: (work: () => void) => void, counts = noCounts()) {
    this.#defer = defer;
    this.counts = counts;
  }

  /** Datagrams that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  push(packets: readonly Uint8Array[], to: Targets): void {
    const datagrams = packets.length * to.count;
    if (datagrams === 0) return;
    if (this.#waiting + datagrams > WAITING_MAX) {
      this.counts.dropped += datagrams;
      return;
    }
    this.#letters.push({ packets, to, sent: 0 });
    this.#waiting += datagrams;
    if (this.#state === 'idle') this.#send();
  }

  /** The system has room again. */
  drained(): void {
    if (this.#state === 'blocked') this.#send();
  }

  #send(): void {
    this.#state = 'idle';
    for (let turn = 0; turn < TURN_DATAGRAMS; ) {
      const [letter] = this.#letters;
      if (letter === undefined) return;
      const sent = this.#offer(letter);
      if (sent === 0) {
        this.#state = 'blocked';
        return;
      }
      turn += sent;
      this.#advance(letter, sent);
    }
    if (this.#letters.length === 0) return;
    this.#state = 'deferred';
    this.#defer(() => this.#send());
  }

  /** How many datagrams are done with. */
  #offer(letter: Letter): number {
    try {
      const sent = letter.to.send(letter.packets, letter.sent);
      if (sent > 0) this.#failedAt = null;
      this.counts.sent += sent;
      return sent;
    } catch {
      return this.#skip(letter);
    }
  }

  /**
   * The error may be that of a datagram sent before: a host told that nobody listens there. So the next one is left out
   * only when it fails again.
   */
  #skip(letter: Letter): number {
    if (this.#failedAt !== letter) {
      this.#failedAt = letter;
      return this.#offer(letter);
    }
    this.#failedAt = null;
    this.counts.refused += 1;
    return 1;
  }

  #advance(letter: Letter, sent: number): void {
    letter.sent += sent;
    this.#waiting -= sent;
    if (letter.sent < letter.packets.length * letter.to.count) return;
    this.#letters.shift();
    this.counts.bytes += letter.to.count * bytesOf(letter.packets);
  }
}

const bytesOf = (packets: readonly Uint8Array[]) =>
  packets.reduce((sum, { byteLength }) => sum + byteLength, 0);
