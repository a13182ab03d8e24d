import { describe, expect, test } from 'bun:test';
import type { Picture } from '../../../media/rtp/picture.ts';
import type { Sample } from '../../../media/sample.ts';
import { Alignment, type Kind } from './alignment.ts';
import { type Muxed, Muxer } from './muxer.ts';

const configuration = Uint8Array.of(1, 0x42, 0xc0, 0x1f, 0xff, 0xe0, 0);
const data = Uint8Array.of(1);
const key = (width = 640): Picture => ({
  kind: 'key',
  data,
  entry: { type: 'avc1', width, height: 360, configuration },
});
const inter: Picture = { kind: 'inter', data };

const samplesOf = (muxed: readonly Muxed[], trackId: number): readonly Sample[] =>
  muxed.flatMap((each) =>
    each.kind === 'media' && each.event.kind === 'samples'
      ? each.event.runs.flatMap((run) => (run.trackId === trackId ? run.samples : []))
      : [],
  );

const isMovie = (each: Muxed) => each.kind === 'media' && each.event.kind === 'movie';
const reasons = (muxed: readonly Muxed[]) =>
  muxed.flatMap((each) => (each.kind === 'changed' ? [each.reason] : []));

/** A muxer, and its streams: pictures of 40 ms on a clock from 90,000,000, sound of 20 ms from 48,000. */
function streams(expected: readonly Kind[], alignment = new Alignment()) {
  const muxer = new Muxer(expected, alignment);
  return {
    see: (picture: Picture, ms: number, atMs = ms) => muxer.picture(picture, 90_000_000 + ms * 90, atMs),
    hear: (ms: number, atMs = ms) => muxer.sound({ data, duration: 960, time: 48_000 + ms * 48 }, atMs),
  };
}

describe('a movie', () => {
  test('begins when all tracks have come, and loses nothing', () => {
    const { see, hear } = streams(['video', 'audio']);
    expect([...see(key(), 0), ...see(inter, 40), ...see(inter, 80)]).toEqual([]);
    const muxed = hear(100);
    expect(muxed.findIndex(isMovie)).toBe(0);
    expect(samplesOf(muxed, 1).map(({ dts, sync }) => [dts / 90, sync])).toEqual([
      [0, true],
      [40, false],
      [80, false],
    ]);
    expect(samplesOf(muxed, 2).map(({ dts }) => dts / 48)).toEqual([100]);
  });

  test('waits no longer than two seconds for a track, and begins anew when that comes later', () => {
    const { see, hear } = streams(['video', 'audio']);
    expect(see(key(), 0)).toEqual([]);
    const muxed = see(inter, 2_000);
    expect(muxed.some(isMovie)).toBe(true);
    expect(samplesOf(muxed, 1).length).toBe(2);
    expect(reasons(hear(2_040))).toEqual(['the audio came later']);
  });

  test('of sound alone needs no picture', () => {
    const { hear } = streams(['audio']);
    expect(hear(0).some(isMovie)).toBe(true);
  });

  test('begins with a key frame', () => {
    const { see } = streams(['video']);
    expect(see(inter, 0)).toEqual([]);
    expect(see(key(), 40).some(isMovie)).toBe(true);
  });

  test.each<[string, (s: ReturnType<typeof streams>) => readonly Muxed[], RegExp | null]>([
    ['the same size again', ({ see }) => see(key(), 40), null],
    ['another size', ({ see }) => see(key(320), 40), /now 320×360/],
    ['a picture a second time', ({ see }) => see(inter, 0), null],
    ['a jump ahead', ({ see }) => see(inter, 11_000), /jumped ahead/],
    ['a jump back', ({ see }) => see(inter, -11_000), /jumped back/],
  ])('and %s', (_, next, reason) => {
    const all = streams(['video']);
    all.see(key(), 0);
    const found = reasons(next(all));
    if (reason === null) expect(found).toEqual([]);
    else expect(found.join()).toMatch(reason);
  });
});

test('sender reports move the picture, by no more than a millisecond a picture, and times go on', () => {
  const alignment = new Alignment();
  const { see, hear } = streams(['video', 'audio'], alignment);
  see(key(), 0, 80);
  hear(0, 0);
  alignment.reported('video', 1_000_000, 5_000_000);
  alignment.reported('audio', 1_000, 5_000_000);
  const first = alignment.difference ?? 0;
  alignment.reported('audio', 1_000, 5_000_030);
  expect((alignment.difference ?? 0) - first).toBeCloseTo(-30);
  const times = Array.from(
    { length: 120 },
    (_, index) => samplesOf(see(inter, 40 + index * 40), 1)[0]?.dts ?? 0,
  );
  const steps = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 90);
  expect(Math.min(...steps)).toBeGreaterThanOrEqual(39);
  expect(Math.max(...steps)).toBeLessThanOrEqual(41);
  expect(steps.at(-1)).toBeCloseTo(40);
});
