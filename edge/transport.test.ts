import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { toTransportStream } from '../media/mpegts/segment.ts';
import { type CmafTrack, cmafTrack } from '../tests/cmaf.ts';
import { startTinyOrigin, type TinyOrigin } from '../tests/tiny-origin.ts';
import { Epoch, PresentationId, TrackId } from '../wire/ids.ts';
import { print } from '../wire/paths.ts';
import { MediaCache } from './cache.ts';
import { OriginClient } from './origin-client.ts';

const at = {
  presentation: PresentationId.parse('bbb'),
  track: TrackId.parse('a128'),
  epoch: Epoch.parse('e0'),
};
const init = print({ kind: 'init', ...at });
const segment = (number: number) => print({ kind: 'segment', number, ...at });
const wanted = (number: number) => ({ path: { kind: 'ts', number, ...at }, mediaSeconds: 2 }) as const;

let origin: TinyOrigin;
let cmaf: CmafTrack;
beforeAll(async () => {
  origin = await startTinyOrigin();
  cmaf = await cmafTrack(['-map', '1:a', '-c:a', 'aac'], { samplesPerSegment: 94 });
  origin.objects.set(init, new Uint8Array(cmaf.init));
  origin.objects.set(segment(5), new Uint8Array(cmaf.segments[0] ?? []));
  origin.objects.set(segment(6), new Uint8Array(100).fill(1));
});
afterAll(() => origin.close());

const caching = () => new MediaCache(1024 * 1024, new OriginClient(origin.url));

describe('a segment in MPEG-TS', () => {
  test('is made of the one in CMAF, once, and both are kept', async () => {
    const cache = caching();
    origin.asked.length = 0;
    const [one, two] = await Promise.all([cache.get(wanted(5)), cache.get(wanted(5))]);
    expect(one).toBe(two);
    const made = toTransportStream(cmaf.init, cmaf.segments[0] ?? new Uint8Array(), 5);
    expect(await one?.whole().bytes()).toEqual(made ?? new Uint8Array());
    expect(one?.headers['Content-Type']).toBe('video/mp2t');
    expect(one?.etag).toBe('"a128-e0-5-ts"');
    expect(cache.peek(segment(5))).not.toBeNull();
    expect([...origin.asked].sort()).toEqual([segment(5), init].sort());
  });

  test('is the same on every edge', async () => {
    const [one, two] = await Promise.all([caching().get(wanted(5)), caching().get(wanted(5))]);
    expect(await one?.whole().bytes()).toEqual((await two?.whole().bytes()) ?? new Uint8Array());
  });

  test.each([
    ['that is malformed', 6],
    ['that the origin does not have', 7],
  ])('is not there for one %s', async (_, number) => {
    expect(await caching().get(wanted(number))).toBeNull();
  });
});
