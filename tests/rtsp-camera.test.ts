import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { run } from '../runtime/process.ts';
import { type Channels, startChannels } from './channels.ts';
import { freePorts } from './cluster.ts';
import { breaks, ffprobe, packets } from './media.ts';

const PYTHON = '/usr/bin/python3';
const IMPORTS =
  'import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer';
const hasServer = await run(PYTHON, ['-c', IMPORTS]).then(
  ({ exit }) => exit.kind === 'status' && exit.status === 0,
  () => false,
);
const SKIPPED = hasServer ? '' : ': skipped, apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi';

let cluster: Channels;
const cameras: ChildProcess[] = [];

beforeAll(async () => {
  if (!hasServer) return;
  cluster = await startChannels({ HEADWATER_ORIGIN_PULL_LOCAL: 'yes', HEADWATER_EDGES: '1' });
  await cluster.api('POST', '/channels/demo-live/pause');
});

afterAll(async () => {
  for (const camera of cameras) camera.kill('SIGKILL');
  await cluster?.stop();
});

/** Starts a camera; resolves when it can be asked. */
async function startCamera(...args: readonly string[]): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'rtsp-camera.py');
  const camera = spawn(PYTHON, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  cameras.push(camera);
  await once(camera.stdout, 'data');
  return camera;
}

describe.skipIf(!hasServer)(`a camera behind GStreamer's RTSP server${SKIPPED}`, () => {
  test.each([
    ['h264', 'tcp'],
    ['h264', 'udp'],
    ['hevc', 'tcp'],
  ])('is pulled: %s over %s', async (coding, transport) => {
    const port = String(await freePorts(1));
    const camera = await startCamera(port, coding, transport);
    const id = `${coding}-${transport}`;
    await cluster.make(id, { source: `rtsp://127.0.0.1:${port}/cam` });
    await cluster.becomes(id, 'live');
    const { streams } = await ffprobe(cluster.playUrl(id));
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', coding]);
    expect(breaks(await packets(cluster.playUrl(id), 4))).toEqual([]);
    camera.kill('SIGKILL');
  });

  test('that dies is offline, and on air again when it is back', async () => {
    const port = String(await freePorts(1));
    const camera = await startCamera(port, 'h264', 'tcp');
    await cluster.make('mortal', { source: `rtsp://127.0.0.1:${port}/cam` });
    await cluster.becomes('mortal', 'live');
    camera.kill('SIGKILL');
    await cluster.becomes('mortal', 'offline');
    await startCamera(port, 'h264', 'tcp');
    await cluster.becomes('mortal', 'live');
  });

  test('is asked with its password, which is told to nobody', async () => {
    const port = String(await freePorts(1));
    await startCamera(port, 'h264', 'tcp', 'root:geheim');
    await cluster.make('guarded', { source: `rtsp://root:geheim@127.0.0.1:${port}/cam` });
    await cluster.make('mistaken', { source: `rtsp://root:falsch@127.0.0.1:${port}/cam` });
    await cluster.becomes('guarded', 'live');
    await cluster.becomes('mistaken', 'offline');
    expect((await cluster.state('mistaken')).reason).toMatch(/401 Unauthorized/);
    const told = JSON.stringify([
      await cluster.api('GET', '/channels'),
      await cluster.logged('origin'),
      await cluster.logged('coordinator'),
      cluster.output(),
    ]);
    expect(told).toContain(`rtsp://root:***@127.0.0.1:${port}/cam`);
    expect(told).not.toMatch(/geheim|falsch/);
  });
});
