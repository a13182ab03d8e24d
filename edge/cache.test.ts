import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test';
import { startTinyOrigin, type TinyOrigin } from '../tests/tiny-origin.ts';
import { Epoch, PresentationId, TrackId } from '../wire/ids.ts';
import { print } from '../wire/paths.ts';
import { MediaCache, type Wanted } from './cache.ts';
import { OriginClient, OriginUnreachable } from './origin-client.ts';

const MEBIBYTE = 1024 * 1024;

let origin: TinyOrigin;
beforeEach(async () => {
  origin = await startTinyOrigin();
});
afterEach(() => origin.close());

const at = {
  presentation: PresentationId.parse('bbb'),
  track: TrackId.parse('v720'),
  epoch: Epoch.parse('e0'),
};
const segment = (number: number): Wanted => ({ path: { kind: 'segment', number, ...at }, mediaSeconds: 2 });
const pathOf = ({ path }: Wanted) => print(path);

function put(number: number, size: number): Wanted {
  const wanted = segment(number);
  origin.objects.set(pathOf(wanted), new Uint8Array(size).fill(number));
  return wanted;
}

const caching = (maxBytes = MEBIBYTE) => new MediaCache(maxBytes, new OriginClient(origin.url));

describe('an object', () => {
  test('is fetched once, then found in memory', async () => {
    const cache = caching();
    const wanted = put(1, 100);
    expect(cache.peek(pathOf(wanted))).toBeNull();
    const stored = await cache.get(wanted);
    expect(await stored?.whole().bytes()).toEqual(new Uint8Array(100).fill(1));
    expect(stored?.mediaSeconds).toBe(2);
    expect(await cache.get(wanted)).toBe(stored);
    expect(cache.peek(pathOf(wanted))).toBe(stored);
    expect(origin.asked).toEqual([pathOf(wanted)]);
  });

  test('is fetched once however many wait for it', async () => {
    const cache = caching();
    const wanted = put(1, 100);
    const { promise, resolve } = Promise.withResolvers<void>();
    origin.gate = promise;
    const waiters = Array.from({ length: 500 }, () => cache.get(wanted));
    resolve();
    const all = await Promise.all(waiters);
    expect(new Set(all).size).toBe(1);
    expect(all[0]?.size).toBe(100);
    expect(origin.asked).toHaveLength(1);
  });

  test('is dropped with its track, and others stay', async () => {
    const cache = caching();
    const other: Wanted = {
      path: { kind: 'segment', number: 1, ...at, track: TrackId.parse('v72') },
      mediaSeconds: 2,
    };
    origin.objects.set(pathOf(other), new Uint8Array(10));
    for (const wanted of [put(1, 100), put(2, 100), other]) await cache.get(wanted);
    cache.forget(at.presentation, at.track);
    expect([segment(1), segment(2), other].map(({ path }) => cache.peek(print(path)) !== null)).toEqual([
      ...[false, false, true],
    ]);
    expect(cache.size).toBeLessThan(100);
  });

  test('is immutable, typed and tagged', async () => {
    const cache = caching();
    const init: Wanted = { path: { kind: 'init', ...at }, mediaSeconds: 0 };
    origin.objects.set(pathOf(init), new Uint8Array(10));
    expect((await cache.get(init))?.headers).toMatchObject({
      'Content-Type': 'video/mp4',
      'Cache-Control': expect.stringContaining('immutable'),
      ETag: expect.stringMatching(/^"[^"]+"$/),
    });
    const stored = await cache.get(put(1, 100));
    expect(stored?.headers['Content-Type']).toBe('video/iso.segment');
    expect(stored?.etag).not.toBe((await cache.get(put(2, 100)))?.etag as string);
  });
});

describe('memory', () => {
  test('is bounded: the least recently used go', async () => {
    const cache = caching(1_000);
    const [one, two, three] = [put(1, 400), put(2, 400), put(3, 400)];
    await cache.get(one);
    await cache.get(two);
    cache.peek(pathOf(one));
    await cache.get(three);
    expect(cache.size).toBeLessThanOrEqual(1_000);
    expect(cache.peek(pathOf(two))).toBeNull();
    expect(cache.peek(pathOf(one))).not.toBeNull();
    expect(cache.peek(pathOf(three))).not.toBeNull();
  });

  test('does not hold what is larger than it, yet gives it to all who wait', async () => {
    const cache = caching(1_000);
    const wanted = put(1, 5_000);
    const [one, other] = await Promise.all([cache.get(wanted), cache.get(wanted)]);
    expect(one?.size).toBe(5_000);
    expect(other?.size).toBe(5_000);
    expect(cache.size).toBe(0);
  });
});

describe('what the origin does not have', () => {
  test('is not asked for again at once, however many do', async () => {
    const cache = caching();
    expect(await Promise.all([cache.get(segment(9)), cache.get(segment(9))])).toEqual([null, null]);
    expect(await cache.get(segment(9))).toBeNull();
    expect(origin.asked).toHaveLength(1);
    expect(cache.counts).toMatchObject({ absent: 1 });
  });

  test('is asked for again a second later: it may exist by then', async () => {
    const cache = caching();
    const started = performance.now();
    await cache.get(segment(9));
    put(9, 10);
    const later = spyOn(performance, 'now').mockImplementation(() => started + 60_000);
    try {
      // The cache looks at the clock once a millisecond at most.
      let stored = await cache.get(segment(9));
      while (stored === null) {
        await new Promise((resolve) => setImmediate(resolve));
        stored = await cache.get(segment(9));
      }
      expect(stored.size).toBe(10);
    } finally {
      later.mockRestore();
    }
  });
});

describe('an origin that is in trouble', () => {
  const failureOf = (cache: MediaCache) =>
    cache.get(segment(1)).then(
      () => null,
      (error) => error,
    );

  test('is no reason to say that there is nothing', async () => {
    const cache = caching();
    origin.objects.set(pathOf(segment(1)), 500);
    expect(await failureOf(cache)).toBeInstanceOf(OriginUnreachable);
    expect(cache.counts).toMatchObject({ failed: 1, absent: 0 });
    const wanted = put(1, 10);
    expect((await cache.get(wanted))?.size).toBe(10);
  });

  test('is unreachable when nobody listens', async () => {
    const cache = caching();
    await origin.close();
    expect(await failureOf(cache)).toBeInstanceOf(OriginUnreachable);
  });

  test('still lets what is in memory be served', async () => {
    const cache = caching();
    const wanted = put(1, 10);
    await cache.get(wanted);
    await origin.close();
    expect(cache.peek(pathOf(wanted))).not.toBeNull();
    expect(await cache.get(wanted)).not.toBeNull();
  });
});

describe('a segment of three chunks', () => {
  const chunk = (index: number): Wanted => ({
    path: { kind: 'chunk', number: 1, index, ...at },
    mediaSeconds: 0.5,
  });
  const whole: Wanted = { ...segment(1), chunks: 3 };

  /** Puts chunks of one byte each at the origin, and those that are named into memory too. */
  async function taken(...indexes: readonly number[]) {
    const cache = caching();
    for (let index = 0; index < 3; index++) origin.objects.set(pathOf(chunk(index)), Uint8Array.of(index));
    origin.objects.set(pathOf(whole), Uint8Array.of(0, 1, 2));
    for (const index of indexes) await cache.get(chunk(index));
    origin.asked.length = 0;
    return cache;
  }

  test.each([
    { here: [0, 1, 2], asked: [] },
    { here: [0, 2], asked: [pathOf(chunk(1))] },
    { here: [0], asked: [pathOf(whole)] },
    { here: [], asked: [pathOf(whole)] },
  ])('of which $here are here', async ({ here, asked }) => {
    const cache = await taken(...here);
    expect(await (await cache.get(whole))?.whole().bytes()).toEqual(Uint8Array.of(0, 1, 2));
    expect(origin.asked).toEqual([...asked]);
  });

  test('is not pulled while its chunks are on their way', async () => {
    const cache = await taken(0);
    const gate = Promise.withResolvers<void>();
    origin.gate = gate.promise;
    const all = [cache.get(chunk(1)), cache.get(chunk(2)), cache.get(whole)];
    gate.resolve();
    expect((await Promise.all(all)).map((stored) => stored?.size)).toEqual([1, 1, 3]);
    expect(origin.asked.sort()).toEqual([pathOf(chunk(1)), pathOf(chunk(2))]);
  });

  test('is pulled when the origin does not know a chunk of it any more', async () => {
    const cache = await taken(0, 1);
    origin.objects.delete(pathOf(chunk(2)));
    expect((await cache.get(whole))?.size).toBe(3);
    expect(origin.asked).toEqual([pathOf(chunk(2)), pathOf(whole)]);
  });
});
