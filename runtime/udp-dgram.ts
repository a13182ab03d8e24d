import { createSocket, type Socket } from 'node:dgram';
import { mappedAddress, plainAddress } from './plain-address.ts';
import type { MulticastOptions, UdpAddress, UdpOptions, UdpSocket } from './udp-socket.ts';
import { type Datagrams, PlainTargets } from './udp-targets.ts';

/**
 * What the system may hold while the process is busy, in bytes: 100 ms of 320 Mb/s. The system grants less where its
 * own bound is lower (`net.core.rmem_max`).
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Datagrams that the runtime holds for a system that is full: a moment of a stream with many receivers. */
const HELD_MAX = 4_096;

/** Multicast: 224.0.0.0/4 (RFC 5771) and ff00::/8 (RFC 4291 §2.7). */
const GROUP = /^(?:22[4-9]|23\d)\.|^ff/i;

/** Opens a port through `node:dgram`, which every runtime has. */
export async function bindDgram({ port, hostname, onDatagram, onDrain }: UdpOptions): Promise<UdpSocket> {
  const isIpv6 = hostname.includes(':');
  const type = isIpv6 ? 'udp6' : 'udp4';
  const isGroup = GROUP.test(hostname);
  const socket = createSocket({ type, recvBufferSize: RECEIVE_BUFFER_BYTES, reuseAddr: isGroup });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ port, address: hostname }, resolve);
  });
  if (isGroup) socket.addMembership(hostname);
  socket.removeAllListeners('error');
  // An address that can't be reached is told here: it concerns one peer, who falls silent.
  socket.on('error', () => {});
  socket.on('message', (datagram, { address, port }) =>
    onDatagram(plainBytes(datagram), { address: plainAddress(address), port }),
  );
  const addressOf = isIpv6 ? mappedAddress : (address: string) => address;
  return {
    port: socket.address().port,
    send: (datagram: Uint8Array, to: UdpAddress) =>
      socket.send(datagram, to.port, addressOf(to.address), () => {}),
    targets: (addresses) =>
      new PlainTargets(addresses, (datagrams) =>
        sendMany(socket, datagrams, addressOf, onDrain ?? (() => {})),
      ),
    setMulticast: (options) => setMulticast(socket, options),
    close: () => close(socket),
  };
}

/** One after another; what the system does not take at once the runtime holds, up to a bound. */
function sendMany(
  socket: Socket,
  datagrams: Datagrams,
  addressOf: (address: string) => string,
  onDrain: () => void,
): number {
  let sent = 0;
  for (let at = 0; at + 2 < datagrams.length; at += 3) {
    if (socket.getSendQueueCount() >= HELD_MAX) break;
    const [data, port, address] = [datagrams[at], datagrams[at + 1], datagrams[at + 2]];
    if (!(data instanceof Uint8Array) || typeof port !== 'number' || typeof address !== 'string') break;
    const isLast = at + 3 >= datagrams.length || socket.getSendQueueCount() + 1 >= HELD_MAX;
    socket.send(data, port, addressOf(address), isLast ? onDrain : () => {});
    sent += 1;
  }
  return sent;
}

function setMulticast(socket: Socket, { ttl, interfaceAddress, loopback }: MulticastOptions): void {
  socket.setMulticastTTL(ttl);
  socket.setMulticastLoopback(loopback);
  if (interfaceAddress !== null) socket.setMulticastInterface(interfaceAddress);
}

/** Without the ways of Buffer, whose `slice` does not copy. */
const plainBytes = ({ buffer, byteOffset, byteLength }: Buffer) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const close = (socket: Socket) => new Promise<void>((resolve) => socket.close(() => resolve()));
