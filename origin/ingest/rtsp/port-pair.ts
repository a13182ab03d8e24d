import type { Pair } from '../../../media/rtsp/transport.ts';
import { Failure } from '../../../runtime/failure.ts';
import { openUdp, type UdpAddress, type UdpSocket } from '../../../runtime/udp.ts';

export type PortPairOptions = {
  readonly hostname: string;
  readonly onPacket: (datagram: Uint8Array, from: UdpAddress) => void;
  readonly onControl: (datagram: Uint8Array, from: UdpAddress) => void;
};

/** An even UDP port for RTP and the next one for RTCP (RFC 3550 §11). */
export type PortPair = {
  readonly ports: Pair;
  /** Sends from the port for RTCP. */
  readonly sendControl: (datagram: Uint8Array, to: UdpAddress) => void;
  readonly close: () => Promise<void>;
};

/** The system gives an odd port, or one without a free neighbour, half of the time; twenty in a row one time in 10^6. */
const TRIES = 20;

/** Opens two free ports. Throws Failure `port-taken` when there are none. */
export async function openPortPair({ hostname, onPacket, onControl }: PortPairOptions): Promise<PortPair> {
  const open = (port: number, onDatagram: PortPairOptions['onPacket']) =>
    openUdp({ port, hostname, portSetting: 'another host', onDatagram });
  for (let tries = 1; ; tries++) {
    const packets = await open(0, onPacket);
    const next = packets.port + 1;
    const control = packets.port % 2 === 1 ? null : await open(next, onControl).catch(unlessTaken);
    if (control !== null) return pairOf(packets, control, hostname);
    await packets.close();
    if (tries < TRIES) continue;
    throw new Failure('port-taken', 'no two UDP ports in a row are free', 'End programs that hold them');
  }
}

function unlessTaken(error: unknown): null {
  if (error instanceof Failure && error.code === 'port-taken') return null;
  throw error;
}

function pairOf(packets: UdpSocket, control: UdpSocket, hostname: string): PortPair {
  const isIpv6 = hostname.includes(':');
  return {
    ports: [packets.port, control.port],
    sendControl: (datagram, { address, port }) => {
      const isMapped = isIpv6 && !address.includes(':');
      control.send(datagram, { address: isMapped ? `::ffff:${address}` : address, port });
    },
    close: async () => {
      await Promise.all([packets.close(), control.close()]);
    },
  };
}
