import type { Transport } from '../../../media/rtsp/transport.ts';
import type { TrackId } from '../../../wire/ids.ts';
import { tracksIn } from '../transport-stream.ts';
import type { UdpFan } from '../udp/fan.ts';
import { type Carrier, chooseChannels } from './carrier.ts';
import type { Groups } from './groups.ts';
import type { Session } from './session.ts';

/** What media goes out over, besides the connection. */
export type Ways = { readonly fan: UdpFan | null; readonly groups: Groups | null };

/**
 * Takes the first transport that can be had, as the client likes them; null when there is none. All tracks of a session
 * go the same way.
 */
export function agree(
  offered: readonly Transport[],
  session: Session,
  track: TrackId,
  ways: Ways,
): Carrier | null {
  for (const transport of offered) {
    if (transport.mode !== 'play') continue;
    if (session.transport !== null && transport.kind !== session.transport) continue;
    const carrier = carrierOf(transport, session, track, ways);
    if (carrier !== null) return carrier;
  }
  return null;
}

function carrierOf(
  transport: Transport,
  session: Session,
  track: TrackId,
  { fan, groups }: Ways,
): Carrier | null {
  switch (transport.kind) {
    case 'interleaved': {
      const others = session.setUps.filter((one) => one.track !== track).map(({ carrier }) => carrier);
      const channels = chooseChannels(transport.channels, others);
      return channels && { kind: 'interleaved', channels };
    }
    case 'unicast': {
      const { clientPorts, destination } = transport;
      const isOther = destination !== null && destination !== session.link.address;
      if (fan === null || isOther || clientPorts.includes(0) || clientPorts[0] === clientPorts[1])
        return null;
      return { kind: 'unicast', clientPorts };
    }
    case 'multicast': {
      if (groups === null || session.piece.kind !== 'live' || session.piece.isProtected) return null;
      // What is made for one alone is not for all.
      if (tracksIn(track) !== null) return null;
      const group = groups.groupOf(session.piece.stream, track);
      return group && { kind: 'multicast', group };
    }
  }
}

/** What was agreed on, as it is answered. */
export function transportOf(carrier: Carrier, { fan, groups }: Ways): Transport {
  const carried = { ssrc: null, mode: 'play' } as const;
  const hosts = { destination: null, source: null };
  switch (carrier.kind) {
    case 'interleaved':
      return { kind: 'interleaved', channels: carrier.channels, ...carried };
    case 'unicast':
      return {
        kind: 'unicast',
        clientPorts: carrier.clientPorts,
        serverPorts: fan?.ports ?? null,
        ...hosts,
        ...carried,
      };
    case 'multicast': {
      const { address, ports } = carrier.group;
      return {
        kind: 'multicast',
        ...hosts,
        destination: address,
        ports,
        ttl: groups?.ttl ?? null,
        ...carried,
      };
    }
  }
}

/** What can be had, for who asked for something else. */
export function offeredIn({ fan, groups }: Ways, session: Session): string {
  if (session.transport !== null) return 'all tracks of a session go the same way';
  const isForAll = session.piece.kind === 'live' && !session.piece.isProtected;
  const ways = [
    'RTP/AVP/TCP interleaved',
    ...(fan === null ? [] : ['RTP/AVP over unicast UDP']),
    ...(groups !== null && isForAll ? ['RTP/AVP over multicast'] : []),
  ];
  return `there is ${ways.join(' and ')}`;
}
