import { ensureStream, openBucket, openBus } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Values } from '../runtime/config.ts';
import { Failure } from '../runtime/failure.ts';
import { listen } from '../runtime/http.ts';
import type { Lifecycle } from '../runtime/lifecycle.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { Context } from '../runtime/node.ts';
import { find } from '../runtime/process.ts';
import type { PresentationId } from '../wire/ids.ts';
import type { ChunkPath } from '../wire/paths.ts';
import type { Programme } from '../wire/programme.ts';
import { ALL_TIMELINES, PRESENTATIONS_BUCKET, TIMELINE_MESSAGES, TIMELINE_STREAM } from '../wire/subjects.ts';
import type { originSettings } from './config.ts';
import { deliveryApp } from './delivery/app.ts';
import { Posters } from './delivery/posters.ts';
import { Channel } from './ingest/channel.ts';
import { presentFilm } from './ingest/film.ts';
import { readProgramme } from './ingest/programme.ts';
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
  const station: Station = { bus, bucket, storage, clock: systemClock, log };
  const channels = new Map<PresentationId, Channel>();
  const posters = new Posters(storage, (id) => channels.get(id)?.newest() ?? null);
  const locate = (path: ChunkPath) => channels.get(path.presentation)?.locate(path) ?? null;
  const app = deliveryApp({ storage, posters, locate, metrics: new Metrics(), isReady: bus.isConnected });
  const listener = await listen({
    port: settings.port,
    hostname: settings.host,
    portSetting: '--port or HEADWATER_ORIGIN_PORT',
    fetch: app.fetch,
  });
  lifecycle.defer('HTTP', listener.close);
  log.info({ port: listener.port }, `origin listens on port ${listener.port}`);
  await present(programme, station, channels, lifecycle);
}

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

/** Channels start at once; films are packaged one after another, since one takes all cores. */
async function present(
  { presentations }: Programme,
  station: Station,
  channels: Map<PresentationId, Channel>,
  lifecycle: Lifecycle,
): Promise<void> {
  for (const live of presentations) {
    if (live.kind !== 'live') continue;
    const channel = await Channel.open(live, station);
    channels.set(live.id, channel);
    const running = channel.run();
    lifecycle.defer(live.id, () => channel.stop().then(() => running));
  }
  let stopFilm = async () => {};
  let isStopped = false;
  lifecycle.defer('films', () => {
    isStopped = true;
    return stopFilm();
  });
  void (async () => {
    for (const film of presentations) {
      if (film.kind !== 'vod' || isStopped) continue;
      await presentFilm(film, station, (stop) => {
        stopFilm = stop;
      });
    }
  })();
}
