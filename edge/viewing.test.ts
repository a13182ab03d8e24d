import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'bun:test';
import { LiveTrack, playlist } from '../loadtest/bench/live-track.ts';
import { NOTHING_ASKED } from '../media/hls/directives.ts';
import { type Bus, openBucket } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Nats, startNats, testBus } from '../tests/nats.ts';
import { quiet } from '../tests/quiet.ts';
import { startTinyOrigin, type TinyOrigin } from '../tests/tiny-origin.ts';
import { Catalog } from '../wire/catalog.ts';
import { parse } from '../wire/paths.ts';
import { PRESENTATIONS_BUCKET } from '../wire/subjects.ts';
import { MediaCache } from './cache.ts';
import type { Found } from './found.ts';
import { OriginClient } from './origin-client.ts';
import { type ViewerPath, Viewing } from './viewing.ts';

const CHUNK_BYTES = 1_000;
const CHUNKS = 4;

let nats: Nats;
let bus: Bus;
let track: LiveTrack;
let origin: TinyOrigin;
let viewing: Viewing;

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
  track = await LiveTrack.open(bus, CHUNK_BYTES, Date.now());
});
afterAll(async () => {
  await bus.close();
  await nats.remove();
});

/** Somebody watches, and the edge listens for what is pushed. */
beforeEach(async () => {
  origin = await startTinyOrigin();
  const cache = new MediaCache(1_000_000, new OriginClient(origin.url));
  const entry = await (await openBucket(bus, PRESENTATIONS_BUCKET)).get('bench');
  const catalog = new Catalog();
  catalog.update('bench', entry?.value ?? null);
  viewing = new Viewing({ bus, catalog, cache, clock: systemClock, log: quiet });
  expect((await find(playlist)).kind).toBe('stored');
  await bus.connection.flush();
});
afterEach(async () => {
  viewing.close();
  await origin.close();
});

const find = (path: string): Promise<Found> =>
  Promise.resolve(viewing.find(parse(path) as ViewerPath, NOTHING_ASKED));

const sizeOf = (found: Found) => (found.kind === 'stored' ? found.stored.size : found);

test('a chunk that is held is given when it is pushed, before it is announced', async () => {
  const held = [find(track.nextChunk), find(track.nextChunk)];
  track.push();
  expect((await Promise.all(held)).map(sizeOf)).toEqual([CHUNK_BYTES, CHUNK_BYTES]);
  await track.announce();
  expect(origin.asked).toEqual([]);
});

test('one that is not pushed is pulled when it is announced, once for all', async () => {
  const { nextChunk } = track;
  origin.objects.set(nextChunk, new Uint8Array(CHUNK_BYTES));
  const held = Array.from({ length: 50 }, () => find(nextChunk));
  await track.announce();
  expect((await Promise.all(held)).map(sizeOf)).toEqual(Array(50).fill(CHUNK_BYTES));
  expect(origin.asked).toEqual([nextChunk]);
});

test('a segment grows on though its chunks are pushed before they are announced', async () => {
  while (!track.nextChunk.endsWith('.0.m4s')) await track.announce();
  const found = await find(track.nextChunk.replace('.0.m4s', '.m4s'));
  if (found.kind !== 'growing') throw new Error(found.kind);
  const sizes: number[] = [];
  const chunks = found.chunks[Symbol.asyncIterator]();
  for (let index = 0; index < CHUNKS; index++) {
    const next = chunks.next();
    track.push();
    sizes.push((await next).value?.size ?? 0);
    if (index < CHUNKS - 1) {
      // What is behind it is asked for before it is announced.
      const behind = find(track.nextChunk.replace(`.${index}.m4s`, `.${index + 1}.m4s`));
      await track.announce();
      track.push();
      expect(sizeOf(await behind)).toBe(CHUNK_BYTES);
    }
  }
  const end = chunks.next();
  await track.announce();
  expect((await end).done).toBeTrue();
  expect(sizes).toEqual(Array(CHUNKS).fill(CHUNK_BYTES));
});

test('what comes after the next is not held', async () => {
  while (!track.nextChunk.endsWith('.0.m4s')) await track.announce();
  expect((await find(track.nextChunk.replace('.0.m4s', '.2.m4s'))).kind).toBe('absent');
});
