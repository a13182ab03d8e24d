import type { Targets, UdpAddress } from './udp-socket.ts';

/** Datagrams, each followed by the port and the address that it goes to. */
export type Datagrams = readonly (Uint8Array | number | string)[];

/** Datagrams that are given to the system in one call: it takes no more at once (`UIO_MAXIOV` of Linux). */
const CALL_DATAGRAMS = 1_024;

const EMPTY = new Uint8Array();

/**
 * Each datagram to each address, one datagram after another. What a call of `sendMany` is given is laid out once, for
 * as many datagrams as fit into one call: later only the datagrams are put in.
 */
export class PlainTargets implements Targets {
  readonly count: number;
  readonly #addresses: readonly UdpAddress[];
  readonly #sendMany: (datagrams: Datagrams) => number;
  /** Of one call, for all addresses. */
  readonly #datagrams: number;
  #call: (Uint8Array | number | string)[] | null = null;

  /** `sendMany` gives how many it took, from the first. */
  constructor(addresses: readonly UdpAddress[], sendMany: (datagrams: Datagrams) => number) {
    this.#addresses = addresses;
    this.#sendMany = sendMany;
    this.count = addresses.length;
    this.#datagrams = Math.max(1, Math.floor(CALL_DATAGRAMS / Math.max(1, addresses.length)));
  }

  send(datagrams: readonly Uint8Array[], sent: number): number {
    this.#call ??= this.#layOut();
    const first = Math.floor(sent / this.count);
    const taken = datagrams.slice(first, first + this.#datagrams);
    for (const [index, datagram] of taken.entries()) this.#put(this.#call, index, datagram);
    const from = (sent - first * this.count) * 3;
    const end = taken.length * this.count * 3;
    return this.#sendMany(from === 0 && end === this.#call.length ? this.#call : this.#call.slice(from, end));
  }

  #put(call: (Uint8Array | number | string)[], index: number, datagram: Uint8Array): void {
    const end = (index + 1) * this.count * 3;
    for (let at = index * this.count * 3; at < end; at += 3) call[at] = datagram;
  }

  #layOut(): (Uint8Array | number | string)[] {
    const one = this.#addresses.flatMap(({ port, address }) => [EMPTY, port, address]);
    return Array.from({ length: this.#datagrams }, () => one).flat();
  }
}
