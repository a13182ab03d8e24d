import { hostname } from 'node:os';
import type { KV } from '@nats-io/kv';
import { ownAddresses } from '../runtime/addresses.ts';
import { type Bus, ensureStream, openBucket, openBus, watchBucket } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Values } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { listen } from '../runtime/http.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { Context } from '../runtime/node.ts';
import { find } from '../runtime/process.ts';
import { Catalog } from '../wire/catalog.ts';
import type { PresentationId } from '../wire/ids.ts';
import { ORIGIN_KEY, type OriginCard } from '../wire/origin-card.ts';
import type { ChunkPath, SdpPath } from '../wire/paths.ts';
import type { Live, Programme } from '../wire/programme.ts';
import {
  ALL_TIMELINES,
  CHANNELS_BUCKET,
  ORIGINS_BUCKET,
  PRESENTATIONS_BUCKET,
  TIMELINE_MESSAGES,
  TIMELINE_STREAM,
} from '../wire/subjects.ts';
import { WIRE_VERSION } from '../wire/version.ts';
import type { originSettings } from './config.ts';
import { deliveryApp } from './delivery/app.ts';
import { Posters } from './delivery/posters.ts';
import type { Channel } from './ingest/channel.ts';
import { Channels } from './ingest/channels.ts';
import { cmafRoutes } from './ingest/cmaf/routes.ts';
import type { Admit } from './ingest/door.ts';
import { counted } from './ingest/door-counts.ts';
import { openDoors } from './ingest/doors.ts';
import { presentFilm, protect } from './ingest/film.ts';
import { readProgramme } from './ingest/programme.ts';
import { announceRecordings } from './ingest/recorder.ts';
import { BITS_PER_SECOND_MAX, openWhip } from './ingest/whip/routes.ts';
import { openStorage } from './packaging/storage.ts';
import { noCounts, tellCounts } from './rtp/counts.ts';
import { openGate } from './rtp/gate/open.ts';
import { openPlaying } from './rtp/open.ts';
import { Repertoire } from './rtp/repertoire.ts';
import { SEGMENT_SECONDS, type Station } from './station.ts';
import { networkOf } from './webrtc/settings.ts';
import { openWhep } from './whep/routes.ts';

/**
 * Starts the origin: first everything that can refuse (programme, ffmpeg, storage, NATS), then the port, so that
 * edges find it, and at last the presentations, whose segments are announced from then on.
 */
export async function startOrigin(
  settings: Values<typeof originSettings>,
  { log, lifecycle }: Context,
): Promise<void> {
  const programme = await readProgramme(settings.programme);
  needPrograms();
  const storage = await openStorage(settings.storageUrl);
  const bus = await openBus({ ...settings, name: 'origin', log });
  lifecycle.defer('NATS', bus.close);
  await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
  const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
  const pushesChunks = settings.chunks === 'push';
  const described = await describedBefore(bucket);
  const rtp = noCounts();
  const station: Station = { bus, bucket, described, storage, pushesChunks, clock: systemClock, rtp, log };
  const opened: Opened = { channel: () => null, want: () => {}, admit: notYet };
  const broadcast = (id: PresentationId) => opened.channel(id)?.broadcast ?? null;
  const posters = new Posters(storage, (id) => broadcast(id)?.newest() ?? null);
  const locate = (path: ChunkPath) => broadcast(path.presentation)?.locate(path) ?? null;
  const sdp = ({ presentation, index }: SdpPath) => broadcast(presentation)?.sdp(index) ?? null;
  const metrics = new Metrics();
  const admit = counted((claim) => opened.admit(claim), metrics);
  const network = await networkOf(settings);
  const whip = openWhip({
    admit,
    log,
    clock: systemClock,
    maxBitsPerSecond: BITS_PER_SECOND_MAX,
    keyFrameMs: SEGMENT_SECONDS * 1000,
    ...network,
  });
  lifecycle.defer('WHIP', async () => whip.close());
  tellCounts(rtp, metrics);
  const clock = systemClock;
  const keys = settings.tokenKeys;
  const gate = await openGate(bus, lifecycle, { described, keys, clock });
  const repertoire = new Repertoire({
    channel: (id) => opened.channel(id),
    want: (id) => opened.want(id),
    storage,
    described,
  });
  const peersMax = settings.whepPeers;
  const whep = openWhep({ repertoire, gate, network, peersMax, clock, log, metrics });
  lifecycle.defer('WHEP', async () => whep.close());
  const doors = cmafRoutes({ admit, log }).route('/', whip.routes).route('/', whep.routes);
  const isReady = bus.isConnected;
  const app = deliveryApp({
    ...{ storage, posters, locate, sdp, metrics, isReady, doors },
    ...{ described, keys, clock },
  });
  const listener = await listen({
    port: settings.port,
    hostname: settings.host,
    portSetting: '--port or HEADWATER_ORIGIN_PORT',
    fetch: app.fetch,
  });
  lifecycle.defer('HTTP', listener.close);
  log.info({ port: listener.port }, `origin listens on port ${listener.port}`);
  const players = await openPlaying(settings, {
    ...{ repertoire, gate, clock, log, lifecycle, metrics },
    counts: rtp,
  });
  const ports = await openDoors(settings, { admit, players, log, clock, lifecycle, metrics });
  await tellWhere(bus, settings.publicHost, { http: listener.port, ...ports });
  presentFilms(programme, station, lifecycle);
  const channels = await Channels.open(await openBucket(bus, CHANNELS_BUCKET), livesOf(programme), {
    station,
    allowsLocal: settings.pullLocal,
  });
  lifecycle.defer('channels', () => channels.close());
  opened.channel = (id) => channels.get(id);
  opened.want = (id) => channels.want(id);
  opened.admit = channels.admit;
}

/** What an earlier run has described; what this one describes is added as it is. */
async function describedBefore(bucket: KV): Promise<Catalog> {
  const catalog = new Catalog();
  const watch = await watchBucket(bucket, (id, description) => catalog.update(id, description));
  await watch.caughtUp;
  await watch.close();
  return catalog;
}

/** Tells coordinators where publishers reach this origin. */
async function tellWhere(bus: Bus, publicHost: string | null, ports: OriginCard['ports']): Promise<void> {
  const card: OriginCard = {
    version: WIRE_VERSION,
    publicHost,
    addresses: ownAddresses(),
    machine: hostname(),
    ports,
  };
  const bucket = await openBucket(bus, ORIGINS_BUCKET);
  await bucket.put(ORIGIN_KEY, JSON.stringify(card));
}

/** The channels are opened after the port, so that edges find what these announce. */
type Opened = {
  channel: (id: PresentationId) => Channel | null;
  want: (id: PresentationId) => void;
  admit: Admit;
};

const notYet: Admit = () => ({ kind: 'refused', code: 'stopped', reason: 'the origin is starting' });

const livesOf = ({ presentations }: Programme): Live[] =>
  presentations.filter((presentation) => presentation.kind === 'live');

function needPrograms(): void {
  for (const program of ['ffmpeg', 'ffprobe']) {
    if (find(program) !== null) continue;
    throw new Failure(
      'program-missing',
      `${program} is not on the PATH`,
      'Install it with `apt-get install ffmpeg` or `brew install ffmpeg`',
    );
  }
}

/** One after another, since packaging one takes all cores; what was recorded needs only to be told. */
function presentFilms({ presentations }: Programme, station: Station, lifecycle: Lifecycle): void {
  let stopFilm = async () => {};
  let isStopped = false;
  lifecycle.defer('films', () => {
    isStopped = true;
    return stopFilm();
  });
  const films = presentations.filter((presentation) => presentation.kind === 'vod');
  for (const film of films) protect(film, station);
  void (async () => {
    await announceRecordings(station);
    for (const film of films) {
      if (isStopped) continue;
      await presentFilm(film, station, (stop) => {
        stopFilm = stop;
      });
    }
  })();
}
