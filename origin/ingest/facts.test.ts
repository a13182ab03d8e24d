import { describe, expect, test } from 'bun:test';
import { AAC, FRAGMENTED, ffmpeg, testSignal } from '../../tests/clip.ts';
import { demux, type Feed } from '../packaging/feed.ts';
import { Unreadable } from '../transcode/probe.ts';
import { EmptyFeed, inspect } from './facts.ts';

const SAMPLES = FRAGMENTED.map((arg) => (arg === '100000' ? '1' : arg));

async function* bytesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

const clip = async (
  seconds: number,
  rate: string,
  gop: number,
  ...more: readonly string[]
): Promise<Feed> => {
  const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(gop), '-pix_fmt', 'yuv420p'];
  const output = [...h264, ...AAC, ...more, ...SAMPLES];
  return demux(bytesOf(await ffmpeg(...testSignal(seconds, '64x48', rate), ...output)));
};

const looking = { now: () => 1_000, findsGop: true };

describe('a feed is found to have', () => {
  test.each([
    ['25', { num: 25, den: 1 }],
    ['30', { num: 30, den: 1 }],
    ['30000/1001', { num: 30_000, den: 1_001 }],
    ['60', { num: 60, den: 1 }],
    ['7', { num: 7_000, den: 1_000 }],
  ])('%s pictures a second', async (rate, frameRate) => {
    const { source } = await inspect(await clip(3, rate, 10), looking);
    expect(source.video).toEqual({ width: 64, height: 48, frameRate });
    expect(source.audio).toEqual({ channels: 2, language: 'und' });
  });

  test('key frames so far apart', async () => {
    const { gopSeconds, startedMs } = await inspect(await clip(4, '25', 75, '-sc_threshold', '0'), looking);
    // ffmpeg shows the first picture earlier than it should by the priming of the sound.
    expect(gopSeconds).toBeCloseTo(3, 1);
    expect(startedMs).toBe(1_000);
  });

  test('sound alone', async () => {
    const { source, gopSeconds } = await inspect(await clip(1, '25', 25, '-map', '1:a'), looking);
    expect([source.video, gopSeconds]).toEqual([null, null]);
  });
});

test('what was looked at is read all the same', async () => {
  const count = async (feed: Feed) => {
    let samples = 0;
    for await (const event of feed) if (event.kind === 'samples') samples += event.runs.length;
    return samples;
  };
  const { feed } = await inspect(await clip(3, '25', 50), looking);
  expect(await count(feed)).toBe(await count(await clip(3, '25', 50)));
});

test('key frames too far apart are refused, with what to do', async () => {
  const feed = await clip(12, '10', 1_000, '-sc_threshold', '0');
  const error = await inspect(feed, looking).catch((one) => one);
  expect(error).toBeInstanceOf(Unreadable);
  expect(error.message).toContain('have the encoder send one every 2 s');
});

test('a feed that says nothing is empty', async () => {
  expect(await inspect(demux(bytesOf(new Uint8Array())), looking).catch((one) => one)).toBeInstanceOf(
    EmptyFeed,
  );
});
