import type { Clock } from '../../runtime/clock.ts';
import type { Values } from '../../runtime/config.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { originSettings } from '../config.ts';
import type { RtpCounts } from './counts.ts';
import type { Gate } from './gate/gate.ts';
import { Groups } from './player/groups.ts';
import { Players } from './player/players.ts';
import type { Repertoire } from './repertoire.ts';
import { UdpFan } from './udp/fan.ts';

/** Groups of 239.255.0.0/16 are of a site (RFC 2365 §6.1): packets pass as many routers as one has. */
const TTL = 16;

type Settings = Pick<Values<typeof originSettings>, 'host' | 'rtspPort' | 'rtpPort' | 'rtpMulticast'>;

export type PlayingOptions = {
  readonly repertoire: Pick<Repertoire, 'idOf' | 'find'>;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  /** Of all that goes out over RTP. */
  readonly counts: RtpCounts;
};

/** Opens the ports that RTP goes out from. Throws Failure. */
export async function openPlaying(settings: Settings, options: PlayingOptions): Promise<Players> {
  const { lifecycle, metrics, counts } = options;
  const fan = settings.rtspPort === null ? null : await openFan(settings, lifecycle, counts);
  const groups = settings.rtspPort === null ? null : await openGroups(settings, lifecycle, counts);
  const players = new Players({ ...options, fan, groups });
  lifecycle.defer('players', async () => players.close());
  tell(players, metrics);
  return players;
}

async function openFan(
  { rtpPort, host }: Settings,
  lifecycle: Lifecycle,
  counts: RtpCounts,
): Promise<UdpFan | null> {
  if (rtpPort === null) return null;
  const fan = await UdpFan.open({
    hostname: host,
    port: rtpPort,
    portSetting: '--rtp-port or HEADWATER_RTP_PORT',
    counts,
  });
  lifecycle.defer('RTP', () => fan.close());
  return fan;
}

async function openGroups(
  { rtpMulticast }: Settings,
  lifecycle: Lifecycle,
  counts: RtpCounts,
): Promise<Groups | null> {
  if (rtpMulticast === null) return null;
  const multicast = { ttl: TTL, interfaceAddress: null, loopback: true };
  const ports = { hostname: '0.0.0.0', port: 0, portSetting: 'another host' };
  const fan = await UdpFan.open({ ...ports, multicast, counts });
  lifecycle.defer('multicast', () => fan.close());
  return new Groups(fan, rtpMulticast, TTL);
}

function tell(players: Players, metrics: Metrics): void {
  const add = (name: string, help: string, read: () => number) =>
    metrics.add(`headwater_origin_${name}`, help, read);
  const addBy = (
    name: string,
    help: string,
    label: string,
    read: () => ReadonlyMap<string | number, number>,
  ) => {
    const each = () => Array.from(read(), ([key, value]) => ({ labels: { [label]: String(key) }, value }));
    metrics.addEach(`headwater_origin_${name}`, help, [label], each);
  };
  add(
    'rtsp_sessions',
    'Sessions of players over RTSP, those that do not play among them',
    () => players.size,
  );
  addBy('rtsp_players', 'Players over RTSP', 'transport', () => players.playing());
  addBy('rtsp_viewers', 'Players over RTSP', 'presentation', () => players.viewers());
  addBy('rtsp_requests_total', 'Requests of players over RTSP', 'status', () => players.answered);
  add('rtsp_dropped_total', 'Samples that slow players over TCP were not given', () => players.dropped);
  add(
    'rtsp_reaped_total',
    'Sessions that ended because nothing was heard of their players',
    () => players.reaped,
  );
}
