import { describe, expect, test } from 'bun:test';
import { describe as describeEntry } from '../codecs/sample-entry.ts';
import { AudioTrack, mp3Configuration } from './audio-track.ts';

const AAC = { codec: 'aac', bytes: Uint8Array.of(0x11, 0x90) } as const;
const MP3_FRAME = Uint8Array.of(0xff, 0xfb, 0x90, 0x64, 0, 0);
const OPUS_HEAD = Uint8Array.from([
  ...new TextEncoder().encode('OpusHead'),
  1,
  2,
  0x38,
  1,
  0x80,
  0xbb,
  ...[0, 0, 0, 0, 0],
]);

/** Decode times and durations of frames of AAC with these timestamps. */
const timesOf = (stamps: readonly number[]) => {
  const track = new AudioTrack(AAC);
  return stamps.map((timeMs) => track.sample({ timeMs, data: Uint8Array.of(0) }).dts);
};

/** Whole milliseconds of frames of 1,024 samples at 48 kHz. */
const stamps = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => from + Math.round((index * 1024) / 48));

describe('frames of sound', () => {
  test('follow each other exactly, whatever their milliseconds were rounded to', () => {
    expect(timesOf(stamps(2_000))).toEqual(Array.from({ length: 2_000 }, (_, index) => index * 1024));
  });

  test('follow each other where an encoder stamps them when it has them', () => {
    const jittery = stamps(100, 100).map((stamp, index) => stamp + ([0, 17, -15, 30][index % 4] ?? 0));
    expect(timesOf(jittery)).toEqual(Array.from({ length: 100 }, (_, index) => 4800 + index * 1024));
  });

  test('keep a gap', () => {
    expect(timesOf([0, 21, 500, 521])).toEqual([0, 1024, 24_000, 25_024]);
  });

  test('catch up where they overlap, and never go back', () => {
    const times = timesOf([0, ...stamps(200, -100)].map((stamp) => stamp + 200));
    const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...steps)).toBe(512);
    expect(steps.at(-1)).toBe(1024);
  });
});

describe('a track of sound', () => {
  test.each([
    ['AAC', AAC, 48_000, { codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 }],
    ['MP3', mp3Configuration(MP3_FRAME), 44_100, { codec: 'mp4a.40.34', channels: 2, sampleRate: 44_100 }],
    [
      'Opus',
      { codec: 'opus', bytes: OPUS_HEAD } as const,
      48_000,
      { codec: 'opus', channels: 2, sampleRate: 48_000 },
    ],
  ])('of %s', (_, configuration, timescale, description) => {
    const { movie } = new AudioTrack(configuration);
    expect(movie).toMatchObject({ id: 2, handler: 'soun', timescale, mediaTime: 0 });
    expect(describeEntry(movie.sampleEntry)).toEqual({ kind: 'audio', ...description });
  });

  test('of MP3 is the same whatever may differ between frames', () => {
    const other = Uint8Array.of(0xff, 0xfa, 0xb2, 0x04, 0, 0);
    expect(mp3Configuration(other)).toEqual(mp3Configuration(MP3_FRAME));
  });
});
