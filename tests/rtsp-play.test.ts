import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { run } from '../runtime/process.ts';
import { capture } from './capture.ts';
import { eventually } from './cluster.ts';
import { makeFilm, makeFlashes, makeSound } from './film.ts';
import { offsetsOf } from './flashes.ts';
import { readPackets } from './media.ts';
import { type Nodes, startNodes } from './nodes.ts';

const SECONDS = 12;
const FRAMES = SECONDS * 25;

let nodes: Nodes;
let folder: string;
const made: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-rtsp-play-'));
  made.push(await makeFilm(SECONDS), await makeSound(SECONDS), await makeFlashes(SECONDS));
  // ffmpeg moves sound against pictures where a file begins again: this one does not.
  made.push(await makeFlashes(300));
  const [film = '', sound = '', flashes = '', longFlashes = ''] = made;
  const vod = { kind: 'vod', ladder: 'mobile' } as const;
  const live = { kind: 'live', source: `file:${film}`, ladder: 'mobile' } as const;
  nodes = await startNodes(
    {
      presentations: [
        { ...vod, id: 'film', title: 'A film', file: film },
        { ...vod, id: 'vp9', title: 'VP9 and Opus', file: film, videoCodec: 'vp9', audioCodec: 'opus' },
        { ...vod, id: 'mp3', title: 'MP3', file: sound, audioCodec: 'mp3' },
        { ...vod, id: 'flashes', title: 'Flashes', file: flashes },
        { ...live, id: 'live', title: 'Live' },
        { ...live, id: 'live-flashes', title: 'Flashes, live', source: `file:${longFlashes}` },
        { ...live, id: 'asleep', title: 'On demand', onDemand: true },
        { ...live, id: 'hls-alone', title: 'HLS alone', outputs: ['hls'] },
      ],
    },
    { rtsp: true },
  );
  const ids = ['film', 'vp9', 'mp3', 'flashes', 'live', 'live-flashes'];
  await eventually(async () => (await Promise.all(ids.map(isThere))).every(Boolean), 180_000);
}, 200_000);

afterAll(async () => {
  await nodes?.stop();
  await rm(folder, { recursive: true, force: true });
  for (const file of made) await remove(dirname(file));
});

const isThere = async (id: string) => {
  const { exit } = await run('ffprobe', ['-v', 'quiet', '-rtsp_transport', 'tcp', `${nodes.rtspUrl}/${id}`]);
  return exit.kind === 'status' && exit.status === 0;
};

type Way = 'tcp' | 'udp' | 'udp_multicast';

/** Has ffmpeg play an address and hand on what comes. */
const play = (path: string, way: Way, output: readonly string[]) =>
  run('ffmpeg', [
    '-nostdin',
    '-v',
    'warning',
    '-rtsp_transport',
    way,
    '-i',
    `${nodes.rtspUrl}/${path}`,
    ...output,
  ]);

/** RTP has no decode times, which ffmpeg says where it copies pictures that are reordered; and what it says of VP9. */
const complaints = (errors: readonly string[]) =>
  errors.filter((line) => !/Timestamps are unset in a packet|VP9 support is still experimental/.test(line));

const COPY = ['-c', 'copy', '-f', 'framecrc', '-'];

describe('ffmpeg plays', () => {
  test.concurrent.each<[string, Way]>([
    ['live', 'tcp'],
    ['live', 'udp'],
    ['live', 'udp_multicast'],
    ['live?container=ts', 'udp'],
  ])(
    '%s over %s, and misses nothing',
    async (path, way) => {
      const { output, errors } = await play(path, way, ['-t', '5', ...COPY]);
      expect(complaints(errors)).toEqual([]);
      const packets = readPackets(output.toString().split('\n'));
      expect(packets.filter(({ stream }) => stream === 0).length).toBeGreaterThan(60);
      expect(packets.filter(({ stream }) => stream === 1).length).toBeGreaterThan(150);
    },
    60_000,
  );

  test.concurrent.each<[string, Way, number, readonly string[]]>([
    ['film', 'tcp', FRAMES, ['h264', 'aac']],
    ['film', 'udp', FRAMES, ['h264', 'aac']],
    ['vp9', 'tcp', FRAMES, ['vp9', 'opus']],
    ['vp9', 'udp', FRAMES, ['vp9', 'opus']],
    ['mp3', 'tcp', 0, ['mp3']],
    ['mp3', 'udp', 0, ['mp3']],
    ['film?container=ts', 'tcp', FRAMES, ['h264', 'aac']],
  ])(
    '%s over %s to its end: every frame of it',
    async (path, way, frames, codecs) => {
      // ffmpeg does not know the key frames of VP9 over RTP.
      const { exit, output, errors } = await play(path, way, ['-copyinkf', ...COPY]);
      expect({ exit, errors: complaints(errors) }).toEqual({
        exit: { kind: 'status', status: 0 },
        errors: [],
      });
      const lines = output.toString().split('\n');
      const found = lines.flatMap((line) => /^#codec_id \d: (\w+)/.exec(line)?.[1] ?? []);
      expect(found).toEqual([...codecs]);
      const first = readPackets(lines).filter(({ stream }) => stream === 0);
      if (frames > 0) expect(first).toHaveLength(frames);
    },
    60_000,
  );

  test.concurrent.each<[string, Way]>([
    ['flashes', 'udp'],
    ['live-flashes', 'udp'],
    ['live-flashes', 'tcp'],
  ])(
    '%s over %s: sound comes with the pictures that it belongs to',
    async (path, way) => {
      const file = join(folder, `${path}-${way}.mkv`);
      await play(path, way, ['-t', '8', '-c:v', 'ffv1', '-c:a', 'pcm_s16le', '-y', file]);
      const offsets = await offsetsOf(file);
      expect(offsets.length).toBeGreaterThanOrEqual(5);
      for (const offset of offsets) expect(Math.abs(offset)).toBeLessThanOrEqual(0.04);
    },
    60_000,
  );

  test('what sleeps until somebody watches', async () => {
    expect(await isThere('asleep')).toBe(true);
  }, 60_000);

  test.each([
    ['nothing', '404 there is no such presentation'],
    ['hls-alone', "403 'hls-alone' is not played over RTP: its outputs do not hold 'rtp'"],
    ['film?video=v9000', "404 it has no video track 'v9000'"],
  ])('%s not, and says why', async (path, reason) => {
    const { errors } = await play(path, 'tcp', COPY);
    expect(errors.join('\n')).toContain(reason);
  });
});

type Told = {
  readonly event: string;
  readonly frames: Readonly<Record<string, number>>;
  readonly position: number | null;
  readonly lost: number;
};

const PYTHON = '/usr/bin/python3';
const hasBindings = (await run(PYTHON, ['-c', 'import gi; gi.require_version("Gst", "1.0")'])).exit;
const hasGstreamer = hasBindings.kind === 'status' && hasBindings.status === 0;

/** Has GStreamer's rtspsrc do as it is told; Debian has its bindings in python3-gi and gir1.2-gstreamer-1.0. */
async function rtspsrc(path: string, way: string, ...steps: readonly string[]): Promise<readonly Told[]> {
  const script = join(import.meta.dirname, 'rtsp-player.py');
  const { output } = await run(PYTHON, [script, `${nodes.rtspUrl}/${path}`, way, ...steps]);
  const lines = output
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Told);
}

describe.skipIf(!hasGstreamer)('GStreamer plays', () => {
  test.concurrent.each([
    ['live', 'udp', '1-0'],
    ['live', 'tcp', '1-0'],
    ['live', 'tcp', '2-0'],
    ['live', 'udp', '2-0'],
    ['live', 'udp-mcast', '1-0'],
    ['vp9', 'udp', '1-0'],
    ['mp3', 'tcp', '1-0'],
  ])(
    '%s over %s in RTSP %s, and misses nothing',
    async (path, way, version) => {
      const [told] = await rtspsrc(path, way, version, 'play', 'wait=5');
      expect(told?.lost).toBe(0);
      expect(told?.frames.audio).toBeGreaterThan(60);
      if (path !== 'mp3') expect(told?.frames.video).toBeGreaterThan(40);
    },
    60_000,
  );

  test.concurrent('a film to its end in RTSP 2.0, from where it jumped to', async () => {
    const told = await rtspsrc('film', 'tcp', '2-0', 'play', 'wait=2', 'seek=8', 'wait=20');
    expect(told.at(-1)).toMatchObject({ event: 'end', lost: 0 });
    expect(told.at(-1)?.position).toBeGreaterThan(SECONDS - 0.5);
  }, 60_000);

  test.concurrent('pictures at twice their speed', async () => {
    const told = await rtspsrc('film?audio=none', 'tcp', '1-0', 'play', 'wait=1', 'scale=2', 'wait=20');
    expect(told.at(-1)).toMatchObject({ event: 'end', lost: 0 });
    expect(told.at(-1)?.frames.video).toBeGreaterThanOrEqual(FRAMES);
  }, 60_000);

  test.each(['udp', 'tcp'])(
    'over %s, pauses for ten seconds and goes on; tshark finds nothing malformed',
    async (way) => {
      const port = Number(new URL(nodes.rtspUrl).port);
      const captured = await capture(join(folder, `${way}.pcap`), port, async () => {
        const [before, paused, after] = await rtspsrc(
          ...(['film', way, '1-0', 'play', 'wait=3', 'pause', 'wait=10', 'play', 'wait=3'] as const),
        );
        expect((paused?.position ?? 0) - (before?.position ?? 0)).toBeLessThan(0.5);
        expect((after?.position ?? 0) - (paused?.position ?? 0)).toBeGreaterThan(1);
        expect(after?.lost).toBe(0);
      });
      if (captured === null) return;
      expect(captured.malformed).toEqual([]);
      expect(captured.methods).toEqual(expect.arrayContaining(['PLAY', 'PAUSE']));
      expect(captured.packets).toBeGreaterThan(300);
      expect(captured.reports).toBeGreaterThan(1);
    },
    90_000,
  );
});
