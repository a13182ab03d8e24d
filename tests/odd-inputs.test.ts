import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { run } from '../runtime/process.ts';
import { type Channels, startChannels } from './channels.ts';
import { decodeErrors } from './media.ts';
import { CLIPS, type Clip, makeClip, TURNED } from './odd-clips.ts';
import { probe, recordingOf, rotationOf, type Stream } from './recording.ts';

type Door = 'rtmp' | 'srt' | 'rtsp' | 'cmaf';
type Ladder = 'passthrough' | 'mobile';
type Channel = Awaited<ReturnType<Channels['make']>>;

/** All doors, and not only some of each clip: `HEADWATER_ODD_DOORS=all`. */
const DOORS: Readonly<Record<Ladder, readonly Door[]>> =
  process.env.HEADWATER_ODD_DOORS === 'all'
    ? { passthrough: ['rtmp', 'srt', 'rtsp', 'cmaf'], mobile: ['rtmp', 'srt', 'rtsp', 'cmaf'] }
    : { passthrough: ['rtmp', 'srt'], mobile: ['rtsp'] };

/** This ffmpeg sends no HEVC by RTMP. */
const isSent = (door: Door, { video }: Clip) => door !== 'rtmp' || video?.codec !== 'hevc';

let cluster: Channels;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-odd-'));
  cluster = await startChannels({ HEADWATER_EDGES: '1' });
  await cluster.api('POST', '/channels/demo-live/pause');
});

afterAll(async () => {
  await cluster.stop();
  await remove(folder);
});

/** Nothing is lost on a machine that is busy, nor at the end. */
const PATIENT = 'pkt_size=1316&linger=2&latency=1000000';

const outputOf = (door: Door, { key, ingest }: Channel): readonly string[] => {
  switch (door) {
    case 'rtmp':
      return ['-f', 'flv', ingest.rtmp ?? ''];
    case 'srt':
      return ['-f', 'mpegts', `${ingest.srt}&${PATIENT}`];
    case 'rtsp':
      return ['-f', 'rtsp', '-rtsp_transport', 'tcp', ingest.rtsp ?? ''];
    case 'cmaf': {
      const format = ['-f', 'mp4', '-movflags', '+delay_moov+default_base_moof', '-frag_duration', '200000'];
      const http = ['-method', 'POST', '-headers', `Authorization: Bearer ${key}\r\n`];
      return [...format, ...http, `${ingest.cmaf}/live.mp4`];
    }
  }
};

/** So many publish at once: two cores encode for them. */
const PLACES = 5;
const queue: (() => void)[] = [];
let taken = 0;

async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
  if (taken >= PLACES) await new Promise<void>((resolve) => queue.push(resolve));
  else taken += 1;
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next === undefined) taken -= 1;
    else next();
  }
}

/** Publishes a clip to a channel of its own; gives the URL of what was recorded of it. */
async function publish(clip: Clip, door: Door, ladder: Ladder): Promise<string> {
  const id = `${door}-${ladder}-${clip.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`;
  const file = join(folder, `${id}.mp4`);
  await makeClip(clip, file);
  const channel = await cluster.make(id, { ladder, record: true });
  const args = ['-v', 'error', '-nostdin', '-re', '-i', file, '-map', '0', '-c', 'copy'];
  await run('ffmpeg', [...args, ...outputOf(door, channel)]);
  return recordingOf(cluster, id);
}

/** Of a stream that is cut off by its publisher's end. */
const TAIL_FRAMES = 3;
const TAIL_SECONDS = 0.5;

/** Sound starts where the picture does, but for a frame of it; what comes late waits for a key frame where it was not told of. */
const APART_SECONDS = 0.13;
const LATE_SECONDS = 1.1;

function expectSound({ audio, seconds }: Clip, audios: readonly Stream[]): void {
  expect(audios).toHaveLength(audio === null ? 0 : 1);
  const [heard] = audios;
  if (audio === null || heard === undefined) return;
  const start = Number(heard.start_time);
  const apart = audio.startSeconds === 0 ? APART_SECONDS : LATE_SECONDS;
  expect(Math.abs(start - audio.startSeconds)).toBeLessThan(apart);
  const lasts = (1_024 * Number(heard.nb_read_frames)) / Number(heard.sample_rate);
  expect(lasts).toBeGreaterThan(seconds - start - TAIL_SECONDS);
  expect(lasts).toBeLessThan(seconds - start + 0.3);
}

/** What is played is what was sent. */
async function expectAsSent(clip: Clip, url: string): Promise<void> {
  expect(await decodeErrors(url)).toEqual([]);
  const { seconds, videos, audios } = await probe(url);
  expect(Math.abs(seconds - clip.seconds)).toBeLessThan(TAIL_SECONDS);
  expect(videos).toHaveLength(clip.video === null ? 0 : 1);
  const [seen] = videos;
  if (clip.video !== null && seen !== undefined) {
    expect(`${seen.codec_name} ${seen.width}x${seen.height}`).toBe(`${clip.video.codec} ${clip.video.size}`);
    expect(rotationOf(seen)).toBe(clip.video.rotation ?? 0);
    expect(Math.abs(Number(seen.nb_read_frames) - clip.video.frames)).toBeLessThanOrEqual(TAIL_FRAMES);
  }
  expectSound(clip, audios);
  if (clip.audio !== null)
    expect([audios[0]?.channels, Number(audios[0]?.sample_rate)]).toEqual([
      clip.audio.channels,
      clip.audio.sampleRate,
    ]);
}

/** What is played is as long as what was sent, and has the rungs of `mobile` that fit its size. */
async function expectEncoded(clip: Clip, url: string): Promise<void> {
  expect(await decodeErrors(url)).toEqual([]);
  const { seconds, videos, audios } = await probe(url);
  expect(Math.abs(seconds - clip.seconds)).toBeLessThan(TAIL_SECONDS);
  expect(videos.map(({ width, height }) => `${width}x${height}`)).toEqual([...rungsOf(clip)]);
  for (const seen of videos) expect([seen.codec_name, rotationOf(seen)]).toEqual(['h264', 0]);
  expectSound(clip, audios);
}

function rungsOf({ video }: Clip): readonly string[] {
  if (video === null) return [];
  // It is 320 high when it is turned, so the lower rung fits.
  if (video.rotation) return ['136x240'];
  return { '3840x2160': ['854x480', '428x240'], '3x5': ['2x4'] }[video.size] ?? [video.size];
}

const CHECKS = { passthrough: expectAsSent, mobile: expectEncoded } as const;

const LADDERS = ['passthrough', 'mobile'] as const;

const CASES = LADDERS.flatMap((ladder) => [
  [TURNED.name, 'cmaf', ladder, TURNED] as const,
  ...DOORS[ladder].flatMap((door) =>
    CLIPS.filter((one) => isSent(door, one)).map((one) => [one.name, door, ladder, one] as const),
  ),
]);

describe('is played as it was sent', () => {
  test.concurrent.each(CASES)(
    '%s, by %s, %s',
    (_, door, ladder, one) => inTurn(async () => CHECKS[ladder](one, await publish(one, door, ladder))),
    120_000,
  );
});
