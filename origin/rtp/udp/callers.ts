import type { UdpAddress } from '../../../runtime/udp.ts';

/** Who may call in from an address. */
export type Caller = {
  /** Where it said that it is; null once it was heard from there, or from another port in its place. */
  said: UdpAddress | null;
  /** It called from another port than it said. */
  readonly onMoved: (to: UdpAddress) => void;
  readonly onDatagram: (datagram: Uint8Array) => void;
};

/**
 * Finds whose a datagram is, by where it comes from. A NAT in between may have given its sender another port than it
 * said; the address must be the one that its session was asked for from. Where several sessions of an address have not
 * been heard of, nobody can tell whose an unknown port is, and it is nobody's.
 */
export class Callers {
  readonly #byAddress = new Map<string, Map<number, Caller>>();

  /** What it returns takes the caller out again. */
  add(at: UdpAddress, onMoved: Caller['onMoved'], onDatagram: Caller['onDatagram']): () => void {
    const caller: Caller = { said: at, onMoved, onDatagram };
    const ports = this.#byAddress.get(at.address) ?? new Map<number, Caller>();
    this.#byAddress.set(at.address, ports.set(at.port, caller));
    return () => this.#remove(at.address, caller);
  }

  /** False for a datagram of a stranger. */
  hear(datagram: Uint8Array, from: UdpAddress): boolean {
    const ports = this.#byAddress.get(from.address);
    const caller = ports?.get(from.port) ?? (ports && move(ports, from));
    if (!caller) return false;
    caller.said = null;
    caller.onDatagram(datagram);
    return true;
  }

  #remove(address: string, caller: Caller): void {
    const ports = this.#byAddress.get(address);
    if (ports === undefined) return;
    for (const [port, one] of ports) if (one === caller) ports.delete(port);
    if (ports.size === 0) this.#byAddress.delete(address);
  }
}

/** The one that has not been heard of, now at the port that it called from. */
function move(ports: Map<number, Caller>, to: UdpAddress): Caller | null {
  const silent = [...ports.values()].filter(({ said }) => said !== null);
  const [caller] = silent;
  if (caller?.said == null || silent.length > 1) return null;
  ports.delete(caller.said.port);
  ports.set(to.port, caller);
  caller.onMoved(to);
  return caller;
}
