import { createSocket, type Socket } from 'node:dgram';
import { Failure } from './failure.ts';

/** A datagram's sender, or where one goes. */
export type UdpAddress = { readonly address: string; readonly port: number };

export type UdpSocket = {
  /** The one asked for, or the free one found when 0 was asked for. */
  readonly port: number;
  /** Sends without waiting; what can't be sent is lost, as any datagram may be. */
  readonly send: (datagram: Uint8Array, to: UdpAddress) => void;
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
};

/**
 * What the system may hold while the process is busy, in bytes: 100 ms of 320 Mb/s. The system grants less where its
 * own bound is lower (`net.core.rmem_max`).
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** Multicast: 224.0.0.0/4 (RFC 5771) and ff00::/8 (RFC 4291 §2.7). */
const GROUP = /^(?:22[4-9]|23\d)\.|^ff/i;

/** Opens a port for datagrams. Throws Failure `port-taken` or `address-unavailable`. */
export async function openUdp(options: UdpOptions): Promise<UdpSocket> {
  try {
    return await bind(options);
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code ?? '');
    if (options.hostname === '::' && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL'))
      return openUdp({ ...options, hostname: '0.0.0.0' });
    throw asFailure(code, options, error);
  }
}

async function bind({ port, hostname, onDatagram }: UdpOptions): Promise<UdpSocket> {
  const type = hostname.includes(':') ? 'udp6' : 'udp4';
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
  socket.on('message', (datagram, from) => onDatagram(plainBytes(datagram), from));
  const send = (datagram: Uint8Array, to: UdpAddress) => socket.send(datagram, to.port, to.address, () => {});
  return { port: socket.address().port, send, close: () => close(socket) };
}

/** Without the ways of Buffer, whose `slice` does not copy. */
const plainBytes = ({ buffer, byteOffset, byteLength }: Buffer) =>
  new Uint8Array(buffer, byteOffset, byteLength);

const close = (socket: Socket) => new Promise<void>((resolve) => socket.close(() => resolve()));

function asFailure(code: string, { port, hostname, portSetting }: UdpOptions, error: unknown): unknown {
  if (code === 'EADDRINUSE')
    return new Failure(
      'port-taken',
      `UDP port ${port} is already in use`,
      `Stop the program that has it (\`ss -lunp 'sport = :${port}'\` names it), or choose another port with ${portSetting}`,
    );
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
    return new Failure(
      'address-unavailable',
      `cannot listen on ${hostname} port ${port} (${code})`,
      `Choose another port with ${portSetting}`,
    );
  return error;
}
