import type { Datagrams, UdpAddress } from '../../runtime/udp.ts';

/** Datagrams that are given to the system in one call: it takes no more at once (`UIO_MAXIOV`). */
const CALL_DATAGRAMS = 1_024;

/**
 * Where the same packets go. What a call of `sendMany` is given is laid out once, for as many packets as fit into one
 * call: for each batch only the packets are put in.
 */
export class Addressees {
  readonly count: number;
  readonly #addresses: readonly UdpAddress[];
  /** Packets of one call. */
  readonly #packets: number;
  #calls: (Uint8Array | number | string)[] | null = null;

  constructor(addresses: readonly UdpAddress[]) {
    this.#addresses = addresses;
    this.count = addresses.length;
    this.#packets = Math.max(1, Math.floor(CALL_DATAGRAMS / Math.max(1, addresses.length)));
  }

  /** As many of the packets as fit into a call, without the first `sent` datagrams of all. */
  call(packets: readonly Uint8Array[], sent: number): Datagrams {
    this.#calls ??= this.#layOut();
    const first = Math.floor(sent / this.count);
    const taken = packets.slice(first, first + this.#packets);
    for (const [index, packet] of taken.entries()) this.#put(this.#calls, index, packet);
    const from = (sent - first * this.count) * 3;
    const end = taken.length * this.count * 3;
    return from === 0 && end === this.#calls.length ? this.#calls : this.#calls.slice(from, end);
  }

  #put(calls: (Uint8Array | number | string)[], index: number, packet: Uint8Array): void {
    const end = (index + 1) * this.count * 3;
    for (let at = index * this.count * 3; at < end; at += 3) calls[at] = packet;
  }

  #layOut(): (Uint8Array | number | string)[] {
    const one = this.#addresses.flatMap(({ port, address }) => [EMPTY, port, address]);
    return Array.from({ length: this.#packets }, () => one).flat();
  }
}

const EMPTY = new Uint8Array();
