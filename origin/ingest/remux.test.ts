import { describe, expect, test } from 'bun:test';
import { describe as describeEntry } from '../../media/codecs/sample-entry.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { presentationTime, type Sample } from '../../media/sample.ts';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import type { Feed } from '../packaging/feed.ts';
import { type Contents, Unusable } from './contents.ts';
import { remux } from './remux.ts';

const PIPED = ['-analyzeduration', '500000', '-protocol_whitelist', 'pipe', '-f', 'mpegts', '-i', 'pipe:0'];

const HEVC = ['-c:v', 'libx265', '-x265-params', 'log-level=error:keyint=25', '-preset', 'ultrafast'];
const MP3 = ['-c:a', 'libmp3lame', '-ac', '2'];
const OPUS = ['-c:a', 'libopus', '-ac', '2'];
const AC3 = ['-c:a', 'ac3', '-ac', '2'];

const clip = (...encoding: readonly string[]) =>
  ffmpeg(...testSignal(2), ...encoding, '-f', 'mpegts', 'pipe:1');

/** In the pieces that a network brings. */
async function* inPieces(bytes: Uint8Array, size = 1_316): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function collect(feed: Feed) {
  let tracks: readonly MovieTrack[] = [];
  const samples = new Map<number, Sample[]>();
  for await (const event of feed) {
    if (event.kind === 'movie') tracks = event.tracks;
    else
      for (const run of event.runs)
        samples.set(run.trackId, [...(samples.get(run.trackId) ?? []), ...run.samples]);
  }
  return tracks.map((track) => ({ track, samples: samples.get(track.id) ?? [] }));
}

type Case = readonly [
  name: string,
  encoding: readonly string[],
  contents: Contents,
  codecs: readonly RegExp[],
];

const CASES: readonly Case[] = [
  ['H.264 and AAC', [...H264, ...AAC], { video: 'packaged', audio: 'aac' }, [/^avc1/, /^mp4a\.40\.2$/]],
  ['HEVC and AAC', [...HEVC, ...AAC], { video: 'hevc', audio: 'aac' }, [/^hvc1/, /^mp4a\.40\.2$/]],
  ['H.264 and MP3', [...H264, ...MP3], { video: 'packaged', audio: 'packaged' }, [/^avc1/, /^mp4a\.40\.34$/]],
  ['H.264 and Opus', [...H264, ...OPUS], { video: 'packaged', audio: 'packaged' }, [/^avc1/, /^opus$/]],
  ['H.264 and AC-3', [...H264, ...AC3], { video: 'packaged', audio: 'other' }, [/^avc1/, /^mp4a\.40\.2$/]],
  ['H.264 alone', ['-an', ...H264], { video: 'packaged', audio: null }, [/^avc1/]],
  ['AAC alone', ['-vn', ...AAC], { video: null, audio: 'aac' }, [/^mp4a\.40\.2$/]],
];

describe('a transport stream becomes a feed', () => {
  test.each(CASES)('with %s', async (_, encoding, contents, codecs) => {
    const { feed } = await remux({ inputArgs: PIPED, input: inPieces(await clip(...encoding)), contents });
    const tracks = await collect(feed);
    expect(tracks).toHaveLength(codecs.length);
    for (const [index, { track, samples }] of tracks.entries()) {
      expect(describeEntry(track.sampleEntry)?.codec).toMatch(codecs[index] ?? /never/);
      const shown = samples.map(presentationTime);
      const seconds = (Math.max(...shown) - Math.min(...shown)) / track.timescale;
      expect(seconds).toBeWithin(1.9, 2.1);
      // Picture and sound start within the padding of an audio encoder of each other.
      expect(Math.abs(Math.min(...shown) / track.timescale)).toBeLessThan(0.05);
    }
  });

  test('whose pictures are reordered as they were', async () => {
    const input = inPieces(await clip('-an', ...H264));
    const { feed } = await remux({ inputArgs: PIPED, input, contents: { video: 'packaged', audio: null } });
    const [video] = await collect(feed);
    const shown = video?.samples.map((sample) => presentationTime(sample) / 3_600) ?? [];
    expect(shown.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(shown).not.toEqual(shown.toSorted((a, b) => a - b));
  });
});

describe('a source that breaks off', () => {
  const contents: Contents = { video: 'packaged', audio: 'aac' };
  const broken = async (input: AsyncIterable<Uint8Array>) => {
    const { feed } = await remux({ inputArgs: PIPED, input, contents });
    return collect(feed).catch((error) => error);
  };

  test('is a feed that throws with its reason', async () => {
    const whole = await clip(...H264, ...AAC);
    const failing = async function* () {
      yield* inPieces(whole);
      throw new Error('the publisher is gone');
    };
    expect(await broken(failing())).toEqual(new Error('the publisher is gone'));
  });

  test.each([
    ['is empty', new Uint8Array()],
    ['is not what it says', new Uint8Array(100_000).fill(1)],
  ])('and %s is Unusable with the words of ffmpeg', async (_, bytes) => {
    const error = await broken(inPieces(bytes));
    expect(error).toBeInstanceOf(Unusable);
    expect(error.message).not.toBe('');
  });

  test('may be cut anywhere', async () => {
    const whole = await clip(...H264, ...AAC);
    const tracks = await broken(inPieces(whole.subarray(0, whole.byteLength - 1_000)));
    expect(tracks).toHaveLength(2);
  });

  test.each([
    [{ video: 'other', audio: null }, /can not be passed/],
    [{ video: null, audio: null }, /neither/],
  ] as const)('with %j is refused before ffmpeg starts', async (wrong, words) => {
    const error = await remux({ inputArgs: PIPED, contents: wrong }).catch((one) => one);
    expect(error).toBeInstanceOf(Unusable);
    expect(error.message).toMatch(words);
  });
});

describe('a feed that is not wanted any more', () => {
  /** Never ends by itself. */
  async function* endless(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    yield* inPieces(bytes);
    await new Promise(() => {});
  }

  const open = async () => {
    const input = endless(await clip(...H264, ...AAC));
    return remux({ inputArgs: PIPED, input, contents: { video: 'packaged', audio: 'aac' } });
  };

  test('ends when it is stopped', async () => {
    const { feed, stop } = await open();
    let events = 0;
    for await (const _ of feed) if (events++ === 3) void stop();
    expect(events).toBeGreaterThan(3);
  });

  test('takes ffmpeg with it when its reader leaves', async () => {
    const { feed, stop } = await open();
    for await (const _ of feed) break;
    await stop();
  });
});
