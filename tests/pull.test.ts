import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Channels, startChannels } from './channels.ts';
import { eventually, freePorts } from './cluster.ts';
import { breaks, ffprobe, packets } from './media.ts';

let cluster: Channels;
const senders: ChildProcess[] = [];

beforeAll(async () => {
  cluster = await startChannels({ HEADWATER_ORIGIN_PULL_LOCAL: 'yes' });
});

afterAll(async () => {
  for (const sender of senders) sender.kill('SIGKILL');
  await cluster.stop();
});

/** ffmpeg as a camera or an encoder of somebody else's. */
function start(...output: readonly string[]): ChildProcess {
  const signal = [
    ...['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'],
    ...['-re', '-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'],
  ];
  const coding = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '25',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  const args = ['-v', 'error', '-nostdin', ...signal, ...coding, ...output];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'ignore'] });
  senders.push(child);
  return child;
}

const codecs = async (id: string) =>
  (await ffprobe(cluster.playUrl(id))).streams.map(({ codec_name }) => codec_name).sort();

describe('a channel pulls', () => {
  test('MPEG-TS over UDP, and goes on when its sender is back', async () => {
    const url = `udp://127.0.0.1:${await freePorts(1)}`;
    await cluster.make('udp', { source: url });
    const first = start('-f', 'mpegts', `${url}?pkt_size=1316`);
    await cluster.becomes('udp', 'live');
    expect(await codecs('udp')).toEqual(['aac', 'h264']);
    expect(breaks(await packets(cluster.playUrl('udp'), 4))).toEqual([]);
    first.kill('SIGKILL');
    await cluster.becomes('udp', 'offline');
    start('-f', 'mpegts', `${url}?pkt_size=1316`);
    await cluster.becomes('udp', 'live');
  });

  test('HLS over HTTP, encoded anew where it has a ladder', async () => {
    await eventually(async () => (await fetch(`${cluster.url}/play/demo-live.m3u8`)).ok);
    await cluster.make('relay', { source: `${cluster.edgeUrl}/v/demo-live/index.m3u8`, ladder: 'mobile' });
    await cluster.becomes('relay', 'live');
    expect(await codecs('relay')).toEqual(['aac', 'h264']);
  });

  test('all files of a folder, one after another', async () => {
    const folder = join(dirname(cluster.film), 'folder');
    await mkdir(folder);
    for (const name of ['1.mp4', '2.mp4']) await copyFile(cluster.film, join(folder, name));
    await cluster.make('folder', { source: `file:${folder}` });
    await cluster.becomes('folder', 'live');
    await eventually(async () =>
      (await cluster.playlist('folder', 'v240')).includes('#EXT-X-DISCONTINUITY\n'),
    );
  });

  test.each([
    ['nowhere', 'http://127.0.0.1:9/live.m3u8', /refused/i],
    ['nobody', 'rtsp://nobody.invalid/1', /resolve hostname nobody.invalid/],
    ['absent', 'file:/there/is/no.mp4', /there is no \/there/],
  ])('nothing of what is not there, and says why: %s', async (id, source, reason) => {
    await cluster.make(id, { source });
    await eventually(async () => reason.test((await cluster.state(id)).reason ?? ''), 20_000);
  });
});
