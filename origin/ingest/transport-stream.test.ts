import { describe, expect, test } from 'bun:test';
import { presentationTime } from '../../media/sample.ts';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { decode } from '../../tests/decode.ts';
import { printFeed } from '../transcode/feed-printer.ts';
import { Unusable } from './contents.ts';
import { Changed, fromTransportStream, TransportStream } from './transport-stream.ts';

const SECONDS = 2;

const clip = (offset = 0) =>
  ffmpeg(...testSignal(SECONDS), ...H264, ...AAC, '-output_ts_offset', `${offset}`, '-f', 'mpegts', 'pipe:1');

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 1_316) yield bytes.subarray(at, at + 1_316);
}

/** When the samples of each track are shown, in seconds, in order. */
async function shownOf(stream: AsyncIterable<Uint8Array>): Promise<readonly (readonly number[])[]> {
  const timescales = new Map<number, number>();
  const shown = new Map<number, number[]>();
  for await (const event of fromTransportStream(stream, () => 0)) {
    if (event.kind === 'movie') for (const { id, timescale } of event.tracks) timescales.set(id, timescale);
    else
      for (const { trackId, samples } of event.runs) {
        const times = samples.map((sample) => presentationTime(sample) / (timescales.get(trackId) ?? 1));
        shown.set(trackId, [...(shown.get(trackId) ?? []), ...times]);
      }
  }
  return [...shown.values()].map((times) => times.toSorted((a, b) => a - b));
}

const longestGap = (times: readonly number[]) =>
  Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? 0)));

describe('times that jump', () => {
  /** The clock of MPEG-TS wraps after 2^33 ticks, 26.5 h. */
  const WRAP_SECONDS = 2 ** 33 / 90_000;

  test.each<[string, readonly number[]]>([
    ['forward', [0, 5_000]],
    ['back', [5_000, 0]],
    ['to where they were', [0, 0]],
  ])('%s go on as if they did not', async (_, offsets) => {
    const clips = await Promise.all(offsets.map(clip));
    const tracks = await shownOf(inPieces(Buffer.concat(clips)));
    expect(tracks).toHaveLength(2);
    for (const times of tracks) {
      expect(longestGap(times)).toBeLessThan(0.1);
      expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeWithin(2 * SECONDS - 0.2, 2 * SECONDS + 0.2);
    }
  });

  test('because the clock wraps go on', async () => {
    const tracks = await shownOf(inPieces(await clip(WRAP_SECONDS - 2.4)));
    for (const times of tracks) expect(longestGap(times)).toBeLessThan(0.041);
  });
});

describe('a stream', () => {
  test('with holes is taken as far as it goes', async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of inPieces(await clip())) pieces.push(piece);
    const holed = Buffer.concat(pieces.filter((_, index) => index % 15 !== 9));
    const tracks = await shownOf(inPieces(holed));
    expect(tracks).toHaveLength(2);
    for (const times of tracks) expect(times.length).toBeGreaterThan(20);
  });

  test('that is noise in its middle never hangs', async () => {
    const bytes = await clip();
    for (let at = 20_000; at < 40_000; at += 37) bytes[at] = at & 0xff;
    const tracks = await shownOf(inPieces(bytes)).catch((error: Error) => error);
    expect(tracks instanceof Unusable || Array.isArray(tracks)).toBeTrue();
  });

  test('that ends before it can be entered is Unusable', async () => {
    const error = await shownOf(inPieces(new Uint8Array(5_000))).catch((one) => one);
    expect(error).toBeInstanceOf(Unusable);
    expect(error.message).toMatch(/ended before a key frame/);
  });

  test('is left when its reader leaves', async () => {
    let isLeft = false;
    const bytes = await clip();
    const endless = async function* () {
      try {
        yield* inPieces(bytes);
        yield* inPieces(bytes);
        for (;;) {
          yield bytes.subarray(0, 188);
          await new Promise((resolve) => setImmediate(resolve));
        }
      } finally {
        isLeft = true;
      }
    };
    for await (const _ of fromTransportStream(endless(), () => 0)) break;
    expect(isLeft).toBeTrue();
  });
});

describe('ffmpeg decodes', () => {
  const HEVC = [
    '-c:v',
    'libx265',
    '-preset',
    'ultrafast',
    '-x265-params',
    'log-level=error:keyint=25:bframes=3',
  ];
  const OPEN = [
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-bf',
    '2',
    '-g',
    '12',
    '-x264-params',
    'open-gop=1',
  ];

  test.each([
    ['H.264 with B-frames and AAC', [...H264, ...AAC]],
    ['H.264 of open groups', [...OPEN, ...AAC]],
    ['HEVC and AAC', [...HEVC, ...AAC]],
    ['H.264 and MP3', [...H264, '-c:a', 'libmp3lame']],
    ['AAC of 5.1', [...H264, '-c:a', 'aac', '-ac', '6']],
    ['MPEG audio of layer 2, which is encoded anew', [...H264, '-c:a', 'mp2']],
    ['Opus', [...H264, '-c:a', 'libopus']],
    ['AC-3, which is encoded anew', [...H264, '-c:a', 'ac3']],
  ])('all of %s', async (_, encoding) => {
    const bytes = await ffmpeg(...testSignal(SECONDS), ...encoding, '-f', 'mpegts', 'pipe:1');
    const { frames, errors } = await decode(printFeed(fromTransportStream(inPieces(bytes), () => 0)));
    expect(errors).toEqual([]);
    expect(frames).toBe(25 * SECONDS);
  });
});

describe('a stream that changes', () => {
  const other = () => ffmpeg(...testSignal(SECONDS, '96x64'), ...H264, ...AAC, '-f', 'mpegts', 'pipe:1');

  test('is one feed after another, of which nothing is missing', async () => {
    const bytes = Buffer.concat([await clip(), await other(), await clip()]);
    const stream = new TransportStream(inPieces(bytes), () => 0);
    let hasNext = true;
    async function* untilChanged() {
      hasNext = false;
      try {
        yield* stream.feed();
      } catch (error) {
        if (!(error instanceof Changed)) throw error;
        hasNext = true;
      }
    }
    const frames: number[] = [];
    while (hasNext) frames.push((await decode(printFeed(untilChanged()))).frames);
    expect(frames).toEqual([50, 50, 50]);
  });
});
