import { plainAddress } from './plain-address.ts';
import { bun } from './platform.ts';
import { SegmentTargets } from './udp-segments.ts';
import type { MulticastOptions, UdpOptions, UdpSocket } from './udp-socket.ts';
import { openSystem } from './udp-system.ts';
import { type Datagrams, PlainTargets } from './udp-targets.ts';

/** Opens a port through Bun's own socket, which gives the system many datagrams in one call. */
export async function bindSender(options: UdpOptions): Promise<UdpSocket> {
  const { port, hostname, onDatagram, onDrain = () => {} } = options;
  if (bun === null) throw new TypeError('there is no Bun');
  const socket = await bun.udpSocket({
    port,
    hostname,
    binaryType: 'uint8array',
    socket: {
      data: (_, datagram, from, address) =>
        onDatagram(datagram, { address: plainAddress(address), port: from }),
      drain: onDrain,
      // An address that can't be reached is told here: it concerns one peer, who falls silent.
      error: () => {},
    },
  });
  const sendMany = (datagrams: Datagrams) => socket.sendMany(datagrams);
  const system = await openSystem(() => ('fd' in socket && !socket.closed ? socket.fd : null));
  const isIpv6 = hostname.includes(':');
  return {
    port: socket.port,
    send: (datagram, to) => {
      try {
        socket.send(datagram, to.port, to.address);
      } catch {
        // As above: it is lost.
      }
    },
    targets: (addresses) =>
      system === null
        ? new PlainTargets(addresses, sendMany)
        : new SegmentTargets(addresses, { system, isIpv6, sendMany }),
    setMulticast: (multicast) => setMulticast(socket, multicast),
    close: async () => socket.close(),
  };
}

type Multicasting = Pick<
  Bun.udp.BaseUDPSocket,
  'setMulticastTTL' | 'setMulticastLoopback' | 'setMulticastInterface'
>;

function setMulticast(socket: Multicasting, { ttl, interfaceAddress, loopback }: MulticastOptions): void {
  socket.setMulticastTTL(ttl);
  socket.setMulticastLoopback(loopback);
  if (interfaceAddress !== null && !socket.setMulticastInterface(interfaceAddress))
    throw new TypeError(`there is no interface ${interfaceAddress}`);
}
