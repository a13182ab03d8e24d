/** A datagram's sender, or where one goes. IPv4 is written as such, also where a socket of IPv6 took it. */
export type UdpAddress = { readonly address: string; readonly port: number };

/** Addresses that the same datagrams go to, made ready for that. */
export type Targets = {
  readonly count: number;
  /**
   * Goes on to send datagrams to each address, in an order of its own, after the first `sent` of all: gives how many the
   * system took. When it took none it is full: go on at `onDrain`. Throws what the system says of the next one.
   */
  readonly send: (datagrams: readonly Uint8Array[], sent: number) => number;
};

/** How a socket sends to groups (RFC 1112 §6.1; RFC 3493 §5.2). */
export type MulticastOptions = {
  /** Routers that a datagram may pass, and one: 1 stays in the network. */
  readonly ttl: number;
  /** An address of the interface to send through; null leaves that to the routes. */
  readonly interfaceAddress: string | null;
  /** Receivers on this machine get it too. */
  readonly loopback: boolean;
};

export type UdpSocket = {
  /** The one asked for, or the free one found when 0 was asked for. */
  readonly port: number;
  /** Sends without waiting; what can't be sent is lost, as any datagram may be. */
  readonly send: (datagram: Uint8Array, to: UdpAddress) => void;
  /** Many addresses, to send the same to all of them at once. */
  readonly targets: (addresses: readonly UdpAddress[]) => Targets;
  readonly setMulticast: (options: MulticastOptions) => void;
  readonly close: () => Promise<void>;
};

export type UdpOptions = {
  readonly port: number;
  /**
   * `::` listens on IPv4 and IPv6; it falls back to `0.0.0.0` where there is no IPv6. A group's address joins the
   * group, whose port others may have too.
   */
  readonly hostname: string;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
  /** The datagram's bytes are the receiver's to keep. */
  readonly onDatagram: (datagram: Uint8Array, from: UdpAddress) => void;
  /**
   * Given for a socket that sends much and hears little: there is room again for what `Targets` could not send. On
   * Bun such a socket gives the system many datagrams in one call, but has the small buffer for receiving that is usual.
   */
  readonly onDrain?: () => void;
};
