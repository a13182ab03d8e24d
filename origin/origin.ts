import { hostname } from 'node:os';
import { ownAddresses } from '../runtime/addresses.ts';
import { type Bus, ensureStream, openBucket, openBus } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Values } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { listen } from '../runtime/http.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { Context } from '../runtime/node.ts';
import { find } from '../runtime/process.ts';
import type { PresentationId } from '../wire/ids.ts';
import { ORIGIN_KEY, type OriginCard } from '../wire/origin-card.ts';
import type { ChunkPath } from '../wire/paths.ts';
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
import type { Broadcast } from './ingest/broadcast.ts';
import { Channels } from './ingest/channels.ts';
import { cmafRoutes } from './ingest/cmaf/routes.ts';
import type { Admit } from './ingest/door.ts';
import { counted } from './ingest/door-counts.ts';
import { openDoors } from './ingest/doors.ts';
import { presentFilm } from './ingest/film.ts';
import { readProgramme } from './ingest/programme.ts';
import { announceRecordings } from './ingest/recorder.ts';
import { openWhip } from './ingest/whip/routes.ts';
import { whipSettings } from './ingest/whip/settings.ts';
import { openStorage } from './packaging/storage.ts';
import type { Station } from './station.ts';

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
  const station: Station = { bus, bucket, storage, pushesChunks, clock: systemClock, log };
  const opened: Opened = { of: () => null, admit: notYet };
  const posters = new Posters(storage, (id) => opened.of(id)?.newest() ?? null);
  const locate = (path: ChunkPath) => opened.of(path.presentation)?.locate(path) ?? null;
  const metrics = new Metrics();
  const admit = counted((claim) => opened.admit(claim), metrics);
  const whip = openWhip({
    admit,
    log,
    clock: systemClock,
    ...(await whipSettings(settings)),
  });
  lifecycle.defer('WHIP', async () => whip.close());
  const doors = cmafRoutes({ admit, log }).route('/', whip.routes);
  const isReady = bus.isConnected;
  const app = deliveryApp({ storage, posters, locate, metrics, isReady, doors });
  const listener = await listen({
    port: settings.port,
    hostname: settings.host,
    portSetting: '--port or HEADWATER_ORIGIN_PORT',
    fetch: app.fetch,
  });
  lifecycle.defer('HTTP', listener.close);
  log.info({ port: listener.port }, `origin listens on port ${listener.port}`);
  const ports = await openDoors(settings, { admit, log, clock: systemClock, lifecycle, metrics });
  await tellWhere(bus, settings.publicHost, { http: listener.port, ...ports });
  presentFilms(programme, station, lifecycle);
  const channels = await Channels.open(await openBucket(bus, CHANNELS_BUCKET), livesOf(programme), {
    station,
    allowsLocal: settings.pullLocal,
  });
  lifecycle.defer('channels', () => channels.close());
  opened.of = (id) => channels.get(id)?.broadcast ?? null;
  opened.admit = channels.admit;
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
type Opened = { of: (id: PresentationId) => Broadcast | null; admit: Admit };

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
  void (async () => {
    await announceRecordings(station);
    for (const film of presentations) {
      if (film.kind !== 'vod' || isStopped) continue;
      await presentFilm(film, station, (stop) => {
        stopFilm = stop;
      });
    }
  })();
}
