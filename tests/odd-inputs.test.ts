import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { run } from '../runtime/process.ts';
import { type Channels, startChannels } from './channels.ts';
import { eventually } from './cluster.ts';
import { decodeErrors } from './media.ts';
import { CLIPS, type Clip, makeClip, TURNED } from './odd-clips.ts';

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

const outputOf = (door: Door, { key, ingest }: Channel): readonly string[] => {
  switch (door) {
    case 'rtmp':
      return ['-f', 'flv', ingest.rtmp ?? ''];
    case 'srt':
      return ['-f', 'mpegts', `${ingest.srt}&pkt_size=1316`];
    case 'rtsp':
      return ['-f', 'rtsp', '-rtsp_transport', 'tcp', ingest.rtsp ?? ''];
    case 'cmaf': {
      const format = ['-f', 'mp4', '-movflags', '+delay_moov+default_base_moof', '-frag_duration', '200000'];
      const http = ['-method', 'POST', '-headers', `Authorization: Bearer ${key}\r\n`];
      return [...format, ...http, `${ingest.cmaf}/live.mp4`];
    }
  }
};

/** Publishes a clip to a channel of its own; gives the URL of what was recorded of it. */
async function publish(clip: Clip, door: Door, ladder: Ladder): Promise<string> {
  const id = `${door}-${ladder}-${clip.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`;
  const file = join(folder, `${id}.mp4`);
  await makeClip(clip, file);
  const channel = await cluster.make(id, { ladder, record: true });
  const args = ['-v', 'error', '-nostdin', '-re', '-i', file, '-map', '0', '-c', 'copy'];
  await run('ffmpeg', [...args, ...outputOf(door, channel)]);
  return recordingOf(id);
}

const NOT_YET = ['starting', 'waiting for a publisher'];

async function recordingOf(id: string): Promise<string> {
  const reason = async () => (await cluster.state(id)).reason ?? NOT_YET[0] ?? '';
  await eventually(async () => !NOT_YET.includes(await reason()), 20_000);
  const why = await reason();
  await cluster.api('POST', `/channels/${id}/stop`);
  const found = async () => {
    const { items } = await cluster.api<{ items: { id: string }[] }>('GET', '/presentations?limit=500');
    return items.find((item) => item.id.startsWith(`${id}-`))?.id;
  };
  await eventually(async () => (await found()) !== undefined, 10_000).catch(() => {
    throw new Error(`nothing of ${id} was kept: ${why}`);
  });
  return cluster.playUrl((await found()) ?? '');
}

type Stream = {
  readonly codec_type: 'video' | 'audio';
  readonly codec_name: string;
  readonly width?: number;
  readonly height?: number;
  readonly avg_frame_rate: string;
  readonly channels?: number;
  readonly sample_rate?: string;
  readonly start_time: string;
  readonly nb_read_frames: string;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
};

async function probe(url: string) {
  const asked = ['-v', 'error', '-of', 'json', '-count_frames', '-show_streams', '-show_format'];
  const { output } = await run('ffprobe', [...asked, url]);
  const { streams, format } = JSON.parse(output.toString()) as {
    streams: readonly Stream[];
    format: { duration: string };
  };
  return {
    seconds: Number(format.duration),
    videos: streams.filter(({ codec_type }) => codec_type === 'video'),
    audios: streams.filter(({ codec_type }) => codec_type === 'audio'),
  };
}

const rotationOf = ({ side_data_list = [] }: Stream) =>
  side_data_list.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;

/** Of a stream that is cut off by its publisher's end. */
const TAIL_FRAMES = 3;
const TAIL_SECONDS = 0.5;

/** Sound starts where the picture does, but for a frame of it. */
const APART_SECONDS = 0.13;

function expectSound({ audio, seconds }: Clip, audios: readonly Stream[]): void {
  expect(audios).toHaveLength(audio === null ? 0 : 1);
  const [heard] = audios;
  if (audio === null || heard === undefined) return;
  const start = Number(heard.start_time);
  expect(Math.abs(start - audio.startSeconds)).toBeLessThan(APART_SECONDS);
  const lasts = (1_024 * Number(heard.nb_read_frames)) / Number(heard.sample_rate);
  expect(lasts).toBeGreaterThan(seconds - audio.startSeconds - TAIL_SECONDS);
  expect(lasts).toBeLessThan(seconds - audio.startSeconds + 0.3);
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
  if (video.rotation) return ['180x320'];
  return { '3840x2160': ['854x480', '428x240'], '3x5': ['2x4'] }[video.size] ?? [video.size];
}

const CHECKS = { passthrough: expectAsSent, mobile: expectEncoded } as const;

const CASES = (['passthrough', 'mobile'] as const).flatMap((ladder) =>
  DOORS[ladder].flatMap((door) =>
    CLIPS.filter((one) => isSent(door, one)).map((one) => [one.name, door, ladder, one] as const),
  ),
);

describe('is played as it was sent', () => {
  test.concurrent.each(CASES)(
    '%s, by %s, %s',
    async (_, door, ladder, one) => CHECKS[ladder](one, await publish(one, door, ladder)),
    60_000,
  );
});
