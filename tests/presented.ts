import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { presentFilm } from '../origin/ingest/film.ts';
import { openStorage, type Storage } from '../origin/packaging/storage.ts';
import { noCounts } from '../origin/rtp/counts.ts';
import { Film } from '../origin/rtp/film/film.ts';
import type { Station } from '../origin/station.ts';
import { ensureStream, openBucket } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import { Catalog } from '../wire/catalog.ts';
import { Programme } from '../wire/programme.ts';
import { ALL_TIMELINES, PRESENTATIONS_BUCKET, TIMELINE_MESSAGES, TIMELINE_STREAM } from '../wire/subjects.ts';
import { makeFilm } from './film.ts';
import { startNats, testBus } from './nats.ts';
import { quiet } from './quiet.ts';

/** A film that was packaged as an origin does it, and is read from memory: that takes no time. */
export type Presented = { readonly film: Film; readonly reads: () => number };

/** Packages `seconds` of a test picture and a tone as the presentation `film`. */
export async function presented(
  seconds: number,
  codecs: { videoCodec?: 'h264' | 'vp9' } = {},
): Promise<Presented> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-presented-'));
  const [nats, file] = await Promise.all([startNats(), makeFilm(seconds, '160x120')]);
  const bus = await testBus(nats);
  await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
  const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
  const storage = await openStorage(`file:${folder}`);
  const described = new Catalog();
  const station: Station = {
    bus,
    bucket,
    described,
    storage,
    pushesChunks: false,
    clock: systemClock,
    rtp: noCounts(),
    log: quiet,
  };
  const vod = { kind: 'vod', id: 'film', title: 'A film', file, ...codecs } as const;
  const [one] = Programme.parse({ presentations: [vod] }).presentations;
  if (one?.kind === 'vod') await presentFilm(one, station, () => {});
  const memory = await inMemory(storage, folder);
  const film = one && (await Film.open(one.id, memory.storage));
  await bus.close();
  await nats.remove();
  for (const made of [dirname(file), folder]) await rm(made, { recursive: true, force: true });
  if (!film) throw new Error('the film was not packaged');
  return { film, reads: memory.reads };
}

async function inMemory(storage: Storage, folder: string) {
  const held = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const name of await readdir(folder, { recursive: true })) {
    const bytes = await storage.get(name).catch(() => null);
    if (bytes !== null) held.set(name, bytes);
  }
  let reads = 0;
  const get: Storage['get'] = async (key) => {
    reads += 1;
    return held.get(key) ?? null;
  };
  const getRange: Storage['getRange'] = async (key, first, length) =>
    (await get(key))?.slice(first, first + length) ?? null;
  return { storage: { ...storage, get, getRange }, reads: () => reads };
}
