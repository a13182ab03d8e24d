import type { Pair } from '../../../media/rtsp/transport.ts';
import { Failure } from '../../../runtime/failure.ts';
import { openUdp, type UdpAddress, type UdpOptions, type UdpSocket } from '../../../runtime/udp.ts';

export type PortPairOptions = Pick<UdpOptions, 'hostname' | 'onDrain'> & {
  /** The even one, and the setting that moves it; by default any that is free. */
  readonly port?: number;
  readonly portSetting?: string;
  readonly onPacket: (datagram: Uint8Array, from: UdpAddress) => void;
  readonly onControl: (datagram: Uint8Array, from: UdpAddress) => void;
};

/** An even UDP port for RTP and the next one for RTCP (RFC 3550 §11). */
export type PortPair = {
  readonly packets: UdpSocket;
  readonly control: UdpSocket;
  readonly ports: Pair;
  readonly close: () => Promise<void>;
};

/** The system gives an odd port, or one without a free neighbour, half of the time; twenty in a row one time in 10^6. */
const TRIES = 20;

/** Opens two ports. Throws Failure `port-taken` when they are taken, or none are free. */
export async function openPortPair(options: PortPairOptions): Promise<PortPair> {
  const { port = 0 } = options;
  if (port !== 0) return openAt(port, options);
  for (let tries = 1; tries < TRIES; tries++) {
    const pair = await openAnywhere(options);
    if (pair !== null) return pair;
  }
  throw new Failure('port-taken', 'no two UDP ports in a row are free', 'End programs that hold them');
}

async function openAt(port: number, options: PortPairOptions): Promise<PortPair> {
  const packets = await open(port, options.onPacket, options);
  try {
    return pairOf(packets, await open(port + 1, options.onControl, options));
  } catch (error) {
    await packets.close();
    throw error;
  }
}

/** Null where the system gave an odd port, or one whose neighbour is taken. */
async function openAnywhere(options: PortPairOptions): Promise<PortPair | null> {
  const packets = await open(0, options.onPacket, options);
  const next = packets.port + 1;
  const control =
    packets.port % 2 === 1 ? null : await open(next, options.onControl, options).catch(unlessTaken);
  if (control !== null) return pairOf(packets, control);
  await packets.close();
  return null;
}

function open(
  port: number,
  onDatagram: PortPairOptions['onPacket'],
  { hostname, portSetting = 'another host', onDrain }: PortPairOptions,
): Promise<UdpSocket> {
  return openUdp({ port, hostname, portSetting, onDatagram, ...(onDrain && { onDrain }) });
}

function unlessTaken(error: unknown): null {
  if (error instanceof Failure && error.code === 'port-taken') return null;
  throw error;
}

const pairOf = (packets: UdpSocket, control: UdpSocket): PortPair => ({
  packets,
  control,
  ports: [packets.port, control.port],
  close: async () => {
    await Promise.all([packets.close(), control.close()]);
  },
});
