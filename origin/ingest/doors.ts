import { readFile } from 'node:fs/promises';
import type { Clock } from '../../runtime/clock.ts';
import type { Values } from '../../runtime/config.ts';
import { Failure } from '../../runtime/failure.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { OriginCard } from '../../wire/origin-card.ts';
import type { originSettings } from '../config.ts';
import type { Players } from '../rtp/player/players.ts';
import { listenRtsp } from '../rtsp/listener.ts';
import type { Admit } from './door.ts';
import { listenRtmp } from './rtmp/listener.ts';

import { listenSrt } from './srt/listener.ts';

type Settings = Values<typeof originSettings>;

type Hall = {
  readonly admit: Admit;
  readonly log: Log;
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly metrics: Metrics;
  readonly players: Players;
};

/** Opens the doors that have ports of their own; gives the ports, null for those that are shut. Throws Failure. */
export async function openDoors(settings: Settings, hall: Hall): Promise<Omit<OriginCard['ports'], 'http'>> {
  return {
    rtmp: await openRtmp(settings, hall),
    srt: await openSrt(settings, hall),
    rtsp: await openRtsp(settings, hall),
  };
}

async function openRtmp(settings: Settings, { admit, log, clock, lifecycle }: Hall): Promise<number | null> {
  if (settings.rtmpPort === null) return null;
  const tls = await readCertificate(settings);
  const listener = await listenRtmp({
    port: settings.rtmpPort,
    hostname: settings.host,
    portSetting: '--rtmp-port or HEADWATER_RTMP_PORT',
    admit,
    log,
    clock,
    ...(tls === null ? {} : { tls }),
  });
  lifecycle.defer('RTMP', listener.close);
  return listener.port;
}

async function openSrt(settings: Settings, { admit, log, lifecycle, metrics }: Hall): Promise<number | null> {
  const { srtPort, srtPassphrase, srtLatencyMs } = settings;
  if (srtPort === null) return null;
  const listener = await listenSrt({
    port: srtPort,
    hostname: settings.host,
    portSetting: '--srt-port or HEADWATER_SRT_PORT',
    admit,
    log,
    latencyMs: srtLatencyMs,
    ...(srtPassphrase === null ? {} : { passphrase: srtPassphrase }),
  });
  lifecycle.defer('SRT', listener.close);
  const { counts } = listener;
  metrics.add('headwater_origin_srt_refused_total', 'SRT callers turned away', () => counts().refused);
  metrics.add('headwater_origin_srt_strangers_total', 'Datagrams of nobody known', () => counts().strangers);
  metrics.add('headwater_origin_srt_lost_total', 'SRT packets that never came', () => counts().lost);
  return listener.port;
}

async function openRtsp(settings: Settings, hall: Hall): Promise<number | null> {
  if (settings.rtspPort === null) return null;
  const { admit, players, log, clock, lifecycle, metrics } = hall;
  const tls = await readCertificate(settings);
  const listener = await listenRtsp({
    port: settings.rtspPort,
    hostname: settings.host,
    portSetting: '--rtsp-port or HEADWATER_RTSP_PORT',
    admit,
    players,
    log,
    clock,
    ...(tls === null ? {} : { tls }),
  });
  lifecycle.defer('RTSP', listener.close);
  const { counts } = listener;
  metrics.add('headwater_origin_rtsp_connections', 'Connections of RTSP', () => counts().connections);
  metrics.add(
    'headwater_origin_rtsp_connections_reaped_total',
    'Connections of RTSP that were let go, since they neither published nor played',
    () => counts().reaped,
  );
  return listener.port;
}

/** Null when none is named. Throws Failure `bad-setting`. */
async function readCertificate({ tlsCert, tlsKey }: Settings): Promise<{ cert: string; key: string } | null> {
  if (tlsCert === null && tlsKey === null) return null;
  if (tlsCert === null || tlsKey === null)
    throw bad('a certificate needs its key, and a key its certificate');
  const [cert, key] = await Promise.all([tlsCert, tlsKey].map(readPem));
  return { cert: cert ?? '', key: key ?? '' };
}

const readPem = (path: string) =>
  readFile(path, 'utf8').catch((error: Error) => {
    throw bad(`cannot read ${path} (${error.message})`);
  });

const bad = (problem: string) =>
  new Failure(
    'bad-setting',
    problem,
    'Set both HEADWATER_ORIGIN_TLS_CERT and HEADWATER_ORIGIN_TLS_KEY to PEM files',
  );
