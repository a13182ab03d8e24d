import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { describe as describeEntry } from '../media/codecs/sample-entry.ts';
import { presentationTime } from '../media/sample.ts';
import { listenRtsp } from '../origin/rtsp/listener.ts';
import { printFeed } from '../origin/transcode/feed-printer.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Exit, exitOf, find, readLines } from '../runtime/process.ts';
import type { TcpListener } from '../runtime/tcp.ts';
import { AAC, H264, testSignal } from './clip.ts';
import { decode } from './decode.ts';
import { Feeds, type Taken } from './feeds.ts';
import { logTo } from './log.ts';
import { playersOf } from './players.ts';

const SECONDS = 3;
const FRAMES = SECONDS * 25;

const feeds = new Feeds();
const lines: string[] = [];
let listener: TcpListener;

beforeAll(async () => {
  const log = logTo((line) => lines.push((line as { readonly msg: string }).msg));
  const options = { port: 0, hostname: '::', portSetting: 'none', clock: systemClock };
  const players = playersOf([], { log, clock: systemClock });
  listener = await listenRtsp({ ...options, log, players, admit: feeds.admit });
});

afterAll(() => listener?.close());

type Encoder = { readonly exited: Promise<Exit>; readonly errors: string[]; readonly kill: () => void };

function start(command: string, args: readonly string[]): Encoder {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const errors: string[] = [];
  readLines(child.stderr, (line) => errors.push(line));
  return { exited: exitOf(child), errors, kill: () => child.kill('SIGKILL') };
}

/** Starts ffmpeg as a publisher, in real time. */
function publish(
  path: string,
  transport: 'tcp' | 'udp',
  encoding: readonly string[],
  seconds = SECONDS,
): Encoder {
  const signal = testSignal(seconds, '160x120').flatMap((arg) => (arg === 'lavfi' ? [arg, '-re'] : [arg]));
  const to = ['-strict', 'experimental', '-f', 'rtsp', '-rtsp_transport', transport];
  const url = `rtsp://127.0.0.1:${listener.port}/${path}`;
  return start('ffmpeg', ['-v', 'error', '-nostdin', ...signal, ...encoding, ...to, url]);
}

const success: Exit = { kind: 'status', status: 0 };

/** When the first sample of each track is shown, in milliseconds. */
const starts = ({ tracks, samples }: Taken) =>
  tracks.map(({ id, timescale }) => {
    const [first] = samples.filter(({ trackId }) => trackId === id);
    return first === undefined ? Number.NaN : (presentationTime(first) * 1000) / timescale;
  });

/** Distances of the samples of a track as they are shown, from the first key frame to the last; each kind once. */
function steps({ samples }: Taken, id: number): readonly number[] {
  const own = samples.filter(({ trackId }) => trackId === id);
  const [first, last] = [own.findIndex(({ sync }) => sync), own.findLastIndex(({ sync }) => sync)];
  const times = own.slice(first, last + 1).map(presentationTime);
  const sorted = times.toSorted((a, b) => a - b);
  return [...new Set(sorted.slice(1).map((time, index) => time - (sorted[index] ?? 0)))];
}

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const X265 = ['-x265-params', 'log-level=none:keyint=25'];
const VP9 = [
  '-c:v',
  'libvpx-vp9',
  '-deadline',
  'realtime',
  '-cpu-used',
  '8',
  '-g',
  '25',
  '-pix_fmt',
  'yuv420p',
];

describe('ffmpeg publishes', () => {
  test.each<[string, 'tcp' | 'udp', readonly string[], string, string, number]>([
    ['H.264 with B-frames and AAC', 'tcp', [...H264, ...AAC], 'avc1', 'mp4a.40.2', 1024],
    ['H.264 with B-frames and AAC', 'udp', [...H264, ...AAC], 'avc1', 'mp4a.40.2', 1024],
    ['H.264 and Opus', 'udp', [...H264, '-bf', '0', '-c:a', 'libopus'], 'avc1', 'opus', 960],
    ['HEVC and AAC', 'tcp', [...HEVC, ...X265, ...AAC], 'hvc1', 'mp4a.40.2', 1024],
    ['HEVC and MP3', 'udp', [...HEVC, ...X265, '-c:a', 'libmp3lame'], 'hvc1', 'mp4a.40.34', 1152],
    ['VP9 and LATM', 'tcp', [...VP9, ...AAC, '-rtpflags', 'latm'], 'vp09', 'mp4a.40.2', 1024],
  ])('%s over %s', async (name, transport, encoding, video, audio, frameSamples) => {
    const id = `${name}-${transport}`.replaceAll(/[^\w-]/g, '');
    const encoder = publish(`${id}?key=secret`, transport, encoding);
    expect({ exit: await encoder.exited, errors: encoder.errors }).toEqual({ exit: success, errors: [] });
    const taken = await feeds.ended(id);
    expect(taken).toMatchObject({
      broken: null,
      claim: { door: 'rtsp', presentation: id, address: '127.0.0.1' },
    });
    const descriptions = taken.tracks.map(({ sampleEntry }) => describeEntry(sampleEntry));
    expect(descriptions).toMatchObject([
      { kind: 'video', codec: expect.stringMatching(new RegExp(`^${video}\\.`)), width: 160, height: 120 },
      { kind: 'audio', codec: audio, sampleRate: 48_000 },
    ]);
    expect(steps(taken, 1)).toEqual([3_600]);
    expect(steps(taken, 2)).toEqual([frameSamples]);
    expect(taken.samples.every(({ compositionOffset }) => compositionOffset >= 0)).toBe(true);
    // The encoders' delays are in these: an AAC frame, or 312 samples of Opus, comes before the first picture.
    const [picture = Number.NaN, sound = Number.NaN] = starts(taken);
    expect(Math.abs(picture - sound)).toBeLessThan(40);
    expect(await decode(printFeed(iterate(taken)))).toEqual({ frames: FRAMES, errors: [] });
  });

  test('pictures alone, sound alone, and two at a time', async () => {
    const encoders = [
      publish('pictures?key=secret', 'tcp', [...H264, '-an']),
      publish('sound?key=secret', 'udp', ['-vn', ...AAC]),
    ];
    for (const { exited } of encoders) expect(await exited).toEqual(success);
    const [pictures, sound] = await Promise.all([feeds.ended('pictures'), feeds.ended('sound')]);
    expect(pictures.samples.length).toBe(FRAMES);
    expect(pictures.tracks.map(({ handler }) => handler)).toEqual(['vide']);
    expect(sound.tracks.map(({ handler }) => handler)).toEqual(['soun']);
    expect(lines).toContain('pictures: 127.0.0.1 publishes over RTSP');
    expect(lines).toContain('sound: 127.0.0.1 publishes over RTSP and UDP');
    expect(lines).toContain('sound: 127.0.0.1 publishes no more: it ended the stream');
  });

  test('with its key as a password', async () => {
    const url = `rtsp://anyone:secret@127.0.0.1:${listener.port}/password`;
    const args = ['-v', 'error', '-nostdin', ...testSignal(1), ...H264, '-an', '-f', 'rtsp', url];
    expect(await start('ffmpeg', args).exited).toEqual(success);
    expect((await feeds.ended('password')).broken).toBeNull();
  });

  test.each([
    ['a wrong key', 'studio?key=wrong', [...H264, '-an'], '401 the key is wrong'],
    ['no key', 'studio', [...H264, '-an'], '401 a key is needed'],
    [
      'a codec that is not packaged',
      'studio?key=secret',
      ['-c:v', 'mpeg4', '-an'],
      '415 MP4V-ES is not taken',
    ],
  ])('and is told of %s', async (_, path, encoding, reason) => {
    const encoder = publish(path, 'tcp', encoding, 1);
    expect(await encoder.exited).not.toEqual(success);
    expect(encoder.errors.join('\n')).toContain(reason);
    expect(lines.join('\n')).not.toContain('wrong?');
    if (path !== 'studio') expect(lines.at(-1)).toContain(reason.slice(4));
  });

  test.each(['tcp', 'udp'] as const)(
    'over %s, and is killed: the channel hears of it at once',
    async (transport) => {
      const encoder = publish(`killed-${transport}?key=secret`, transport, [...H264, ...AAC], 30);
      await feeds.begun(`killed-${transport}`);
      encoder.kill();
      const { broken, samples } = await feeds.ended(`killed-${transport}`);
      expect(broken).toMatch(/^(it closed the connection|the connection broke)/);
      expect(samples.length).toBeGreaterThan(0);
      expect(feeds.held.has(`killed-${transport}`)).toBe(false);
    },
  );
});

/** Debian has it in gstreamer1.0-rtsp. */
const inspector = find('gst-inspect-1.0');
const inspected = inspector === null ? null : await start(inspector, ['rtspclientsink']).exited;
const hasGstreamer = inspected?.kind === 'status' && inspected.status === 0;

describe.skipIf(!hasGstreamer)('GStreamer publishes', () => {
  test.each(['tcp', 'udp'])(
    'H.264 with B-frames and AAC over %s, and sender reports put them right',
    async (transport) => {
      const id = `gstreamer-${transport}`;
      const url = `rtsp://127.0.0.1:${listener.port}/${id}?key=secret`;
      const caps = 'video/x-raw,format=I420,width=160,height=120,framerate=25/1';
      const pipeline = [
        `rtspclientsink name=sink location=${url} protocols=${transport}`,
        `videotestsrc is-live=true ! ${caps} ! x264enc key-int-max=25 ! h264parse ! sink.`,
        'audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000 ! voaacenc ! sink.',
      ];
      const encoder = start('gst-launch-1.0', ['-q', ...pipeline.join(' ').split(' ')]);
      const first = await feeds.ended(id);
      // x264 holds pictures back, so arrival is wrong until the first report.
      expect(first.broken).toMatch(/^sender reports move its tracks by \d+ ms$/);
      await feeds.begun(id, 1, 200);
      encoder.kill();
      const second = await feeds.ended(id, 1);
      expect(steps(second, second.tracks.findIndex(({ handler }) => handler === 'vide') + 1)).toEqual([
        3_600,
      ]);
      expect(starts(second).every((ms) => ms < 1_000)).toBe(true);
    },
  );
});

async function* iterate({ events }: Taken) {
  yield* events;
}
