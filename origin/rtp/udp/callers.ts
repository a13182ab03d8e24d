import type { UdpAddress } from '../../../runtime/udp.ts';

type Hear = (datagram: Uint8Array) => void;

/**
 * Finds whose a datagram is: the session's that named the address and the port which it comes from. Another port of the
 * same address proves nothing, since behind one NAT, and on one machine, there are several players.
 */
export class Callers {
  readonly #byAddress = new Map<string, Hear>();

  /** What it returns takes the caller out again. */
  add(at: UdpAddress, onDatagram: Hear): () => void {
    const key = keyOf(at);
    this.#byAddress.set(key, onDatagram);
    return () => {
      if (this.#byAddress.get(key) === onDatagram) this.#byAddress.delete(key);
    };
  }

  /** False for a datagram of a stranger. */
  hear(datagram: Uint8Array, from: UdpAddress): boolean {
    const onDatagram = this.#byAddress.get(keyOf(from));
    onDatagram?.(datagram);
    return onDatagram !== undefined;
  }
}

const keyOf = ({ address, port }: UdpAddress) => `${address} ${port}`;
