import { afterEach, beforeEach, describe, expect, spyOn, test } from 'bun:test';
import { describeAll, film } from '../tests/fleet.ts';
import { startTinyOrigin, type TinyOrigin } from '../tests/tiny-origin.ts';
import { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import { OriginClient, OriginUnreachable } from './origin-client.ts';
import { Posters } from './posters.ts';

const bbb = PresentationId.parse('bbb');
const PATH = '/v/bbb/poster.jpg';

let origin: TinyOrigin;
let posters: Posters;
beforeEach(async () => {
  origin = await startTinyOrigin();
  const catalog = new Catalog();
  describeAll(catalog, [film('bbb'), film('plain', { poster: false })]);
  posters = new Posters(new OriginClient(origin.url), catalog);
});
afterEach(() => origin.close());

describe('a poster', () => {
  test('is pulled once however many ask, and kept', async () => {
    origin.objects.set(PATH, Uint8Array.of(0xff, 0xd8, 1));
    const [one, other] = await Promise.all([posters.find(bbb), posters.find(bbb)]);
    expect(await one?.whole().bytes()).toEqual(Uint8Array.of(0xff, 0xd8, 1));
    expect(other).toBe(one as NonNullable<typeof one>);
    await posters.find(bbb);
    expect(origin.asked).toEqual([PATH]);
  });

  test('is a JPEG that may be kept for a short while, and weighs no viewer', async () => {
    origin.objects.set(PATH, Uint8Array.of(1));
    const stored = await posters.find(bbb);
    expect(stored?.headers).toMatchObject({
      'Content-Type': 'image/jpeg',
      'Cache-Control': 'public, max-age=30',
    });
    expect(stored?.mediaSeconds).toBe(0);
  });

  test.each(['plain', 'nobody'])(
    'of %s is not asked of the origin: the catalog says that there is none',
    async (id) => {
      expect(await posters.find(PresentationId.parse(id))).toBeNull();
      expect(origin.asked).toEqual([]);
    },
  );

  test('that the origin does not have is null', async () => {
    expect(await posters.find(bbb)).toBeNull();
  });

  test('can not be had from an origin in trouble', async () => {
    origin.objects.set(PATH, 500);
    expect(await posters.find(bbb).catch((error) => error)).toBeInstanceOf(OriginUnreachable);
  });

  test('that is old is shown while the new one is pulled, also when the origin is gone', async () => {
    origin.objects.set(PATH, Uint8Array.of(1));
    const first = await posters.find(bbb);
    const started = performance.now();
    await origin.close();
    const later = spyOn(performance, 'now').mockImplementation(() => started + 3_600_000);
    try {
      expect(await posters.find(bbb)).toBe(first as NonNullable<typeof first>);
      expect(await posters.find(bbb)).toBe(first as NonNullable<typeof first>);
    } finally {
      later.mockRestore();
    }
  });
});
