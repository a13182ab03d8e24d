import type { Format } from '../../../media/rtp/format.ts';
import { Receiver } from '../../../media/rtp/receiver.ts';
import type { Pair, Transport } from '../../../media/rtsp/transport.ts';
import type { UdpAddress } from '../../../runtime/udp.ts';
import { openPortPair, type PortPair } from '../../rtp/udp/port-pair.ts';

/** How the packets of a stream come, once SETUP has agreed on that. */
export type Carrier =
  | { readonly kind: 'channels'; readonly channels: Pair }
  | { readonly kind: 'ports'; readonly pair: PortPair; readonly clientPorts: Pair };

/** A media description that was announced. */
export type Stream = {
  /** Its address within the session; null where the description does not say. */
  readonly control: string | null;
  /** Null where nobody takes it, such as a camera's metadata: it is agreed on, and what comes is thrown away. */
  readonly receiver: Receiver | null;
  carrier: Carrier | null;
};

export const streamOf = (control: string | null, format: Format | null): Stream => ({
  control,
  receiver: format === null ? null : new Receiver(format),
  carrier: null,
});

/** The stream of a channel: RTP comes on the first of its pair, RTCP on the second. */
export function byChannel(
  streams: readonly Stream[],
  channel: number,
): { readonly stream: Stream; readonly isControl: boolean } | null {
  for (const stream of streams) {
    if (stream.carrier?.kind !== 'channels') continue;
    const at = stream.carrier.channels.indexOf(channel);
    if (at >= 0) return { stream, isControl: at === 1 };
  }
  return null;
}

export type AgreeOptions = {
  /** Where UDP ports are opened. */
  readonly hostname: string;
  /** The publisher's IP address: datagrams are taken from there alone. */
  readonly address: string;
  readonly onPacket: (data: Uint8Array, isControl: boolean) => void;
};

/** Takes the first transport that can be had; null when there is none. Throws Failure when no UDP port is free. */
export async function agree(
  offered: readonly Transport[],
  streams: readonly Stream[],
  options: AgreeOptions,
): Promise<Carrier | null> {
  for (const transport of offered) {
    if (transport.kind === 'unicast') return openPorts(transport.clientPorts, options);
    if (transport.kind === 'multicast') continue;
    const channels = chooseChannels(transport.channels, streams);
    if (channels !== null) return { kind: 'channels', channels };
  }
  return null;
}

/** The channels that were asked for, if they are free, or else the first free ones; null when there are none. */
function chooseChannels(asked: Pair | null, streams: readonly Stream[]): Pair | null {
  const isFree = (pair: Pair) =>
    pair[0] !== pair[1] && pair.every((channel) => byChannel(streams, channel) === null);
  if (asked !== null) return isFree(asked) ? asked : null;
  for (let first = 0; first < 255; first += 2) if (isFree([first, first + 1])) return [first, first + 1];
  return null;
}

async function openPorts(clientPorts: Pair, { hostname, address, onPacket }: AgreeOptions): Promise<Carrier> {
  const take = (isControl: boolean) => (datagram: Uint8Array, from: UdpAddress) => {
    if (from.address === address) onPacket(datagram, isControl);
  };
  const pair = await openPortPair({ hostname, onPacket: take(false), onControl: take(true) });
  return { kind: 'ports', pair, clientPorts };
}

/** What was agreed on, as it is answered. */
export function transportOf(carrier: Carrier): Transport {
  const carried = { ssrc: null, mode: 'record' } as const;
  if (carrier.kind === 'channels') return { kind: 'interleaved', channels: carrier.channels, ...carried };
  const { clientPorts, pair } = carrier;
  const ends = { destination: null, source: null, clientPorts, serverPorts: pair.ports };
  return { kind: 'unicast', ...ends, ...carried };
}

export async function closeCarriers(streams: readonly Stream[]): Promise<void> {
  const pairs = streams.flatMap(({ carrier }) => (carrier?.kind === 'ports' ? [carrier.pair] : []));
  await Promise.all(pairs.map((pair) => pair.close()));
}
