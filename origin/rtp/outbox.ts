import type { Datagrams } from '../../runtime/udp.ts';
import type { Addressees } from './addressees.ts';

/** Datagrams sent before others have their turn: about 10 ms. */
const TURN_DATAGRAMS = 4_096;

/** Datagrams that may wait: about half a second of what a core can send. More would only be late. */
const WAITING_MAX = 200_000;

/** Packets on their way to several. */
type Letter = { readonly packets: readonly Uint8Array[]; readonly to: Addressees; sent: number };

export type OutboxOptions = {
  /** See `UdpSocket`. */
  readonly sendMany: (datagrams: Datagrams) => number;
  /** Calls back after others had their turn. */
  readonly defer: (work: () => void) => void;
};

/**
 * Packets that wait for the system to take them, in order. It takes them in calls of many datagrams, and others have
 * their turn now and then. What would wait too long is dropped.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #letters: Letter[] = [];
  #waiting = 0;
  #state: 'idle' | 'deferred' | 'blocked' = 'idle';
  #failedAt: Letter | null = null;
  /** Datagrams and their payloads' bytes that the system took; those dropped here, and those it refused. */
  readonly counts = { sent: 0, bytes: 0, dropped: 0, refused: 0 };

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  push(packets: readonly Uint8Array[], to: Addressees): void {
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
    this.#options.defer(() => this.#send());
  }

  /** How many datagrams are done with. */
  #offer(letter: Letter): number {
    const offered = letter.to.call(letter.packets, letter.sent);
    try {
      const sent = this.#options.sendMany(offered);
      if (sent > 0) this.#failedAt = null;
      this.#count(offered, sent);
      return sent;
    } catch {
      return this.#skip(letter, offered);
    }
  }

  /**
   * The error may be that of a datagram sent before: a host told that nobody listens there. So the first one that was
   * offered is left out only when it fails again.
   */
  #skip(letter: Letter, offered: Datagrams): number {
    if (this.#failedAt !== letter) {
      this.#failedAt = letter;
      return this.#offer(letter);
    }
    this.#failedAt = null;
    this.counts.refused += offered.length > 0 ? 1 : 0;
    return 1;
  }

  #count(offered: Datagrams, sent: number): void {
    this.counts.sent += sent;
    for (let at = 0; at < sent * 3; at += 3) this.counts.bytes += (offered[at] as Uint8Array).byteLength;
  }

  #advance(letter: Letter, sent: number): void {
    letter.sent += sent;
    this.#waiting -= sent;
    if (letter.sent === letter.packets.length * letter.to.count) this.#letters.shift();
  }
}
