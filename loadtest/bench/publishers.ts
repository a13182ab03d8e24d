import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, openBucket, openBus } from '../../runtime/bus.ts';
import { Failure } from '../../runtime/failure.ts';
import { remove } from '../../runtime/files.ts';
import { hashKey, newKey } from '../../runtime/keys.ts';
import type { Context } from '../../runtime/node.ts';
import { start } from '../../runtime/process.ts';
import { type ChannelRecord, ChannelSettings, type Ladder } from '../../wire/channel.ts';
import { CHANNELS_BUCKET } from '../../wire/subjects.ts';
import { childrenOf, cpuSeconds } from './cpu.ts';
import { startNats, startNode } from './nodes.ts';
import { freePort, type Server } from './server.ts';

export const DOORS = ['rtmp', 'srt', 'rtsp', 'cmaf'] as const;
export type Door = (typeof DOORS)[number];

export type Plan = {
  readonly door: Door;
  readonly publishers: number;
  readonly seconds: number;
  readonly ladder: Ladder;
  readonly clip: string;
};

/** What came of the publishers of one door, or of a peer; CPU in hundredths of a core. */
export type Published = {
  readonly door: string;
  /** Of each, from the start of its sender. */
  readonly playableSeconds: readonly number[];
  readonly originCpu: number;
  /** Of the ffmpegs of the origin together. */
  readonly childrenCpu: number;
  readonly originBytes: number;
  readonly childrenBytes: number;
  /** Of the origin before anybody published. */
  readonly idleBytes: number;
  /** Of the worst channel: how much less media than time. */
  readonly missingSeconds: number;
  readonly breaks: number;
};

/** A publisher that can't be played by then never will be. */
const PLAYABLE_WITHIN_MS = 60_000;
const LOOK_MS = 50;

/** All that is published stays listed. */
const WINDOW_MS = 4_000_000;

/** Who is published to. */
export type Contender = {
  readonly name: string;
  readonly pid: number;
  /** Has an ffmpeg publish; gives after how many seconds that can be played. */
  readonly publish: (id: string) => Promise<number>;
  readonly listed: (id: string) => Promise<Listed>;
};

type Listed = { readonly seconds: number; readonly breaks: number };

type Nodes = { readonly origin: Server; readonly edge: Server; readonly port: number };

/** Starts a cluster, has ffmpegs publish to it, measures, and leaves the ending to the lifecycle. */
export async function publishTo(plan: Plan, context: Context): Promise<Published> {
  const { nodes, bus } = await startAll(plan, context);
  const contender: Contender = {
    name: plan.door,
    pid: nodes.origin.pid,
    publish: (id) => publish(id, plan, nodes, bus, context),
    listed: (id) => listedAt(nodes.edge, id),
  };
  return measure(contender, plan);
}

/** Has ffmpegs publish, and looks at what that costs and what comes of it. */
export async function measure(
  { name, pid, publish, listed: list }: Contender,
  plan: Pick<Plan, 'publishers' | 'seconds'>,
): Promise<Published> {
  const idleBytes = await residentBytes(pid);
  const ids = Array.from({ length: plan.publishers }, (_, index) => `c${index}`);
  const playableSeconds = await Promise.all(ids.map(publish));
  const before = await usageOf(pid);
  const listedBefore = await Promise.all(ids.map(list));
  await new Promise((resolve) => setTimeout(resolve, plan.seconds * 1_000));
  const after = await usageOf(pid);
  const listed = await Promise.all(ids.map(list));
  const share = (used: number) => (100 * used) / ((after.atMs - before.atMs) / 1_000);
  const grown = listed.map(({ seconds }, index) => seconds - (listedBefore[index]?.seconds ?? 0));
  return {
    door: name,
    playableSeconds,
    originCpu: share(after.cpu - before.cpu),
    childrenCpu: share(after.childrenCpu - before.childrenCpu),
    originBytes: await residentBytes(pid),
    childrenBytes: after.childrenBytes,
    idleBytes,
    missingSeconds: Math.max(0, plan.seconds - Math.min(...grown)),
    breaks: listed.reduce((sum, { breaks }) => sum + breaks, 0),
  };
}

async function startAll({ door }: Plan, { log, lifecycle }: Context): Promise<{ nodes: Nodes; bus: Bus }> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('files', () => remove(folder));
  const around = { folder, core: null, lifecycle, log };
  const { natsUrl } = await startNats(around);
  const bus = await openBus({ natsUrl, natsReplicas: 1, name: 'bench', log });
  lifecycle.defer('NATS', bus.close);
  const port = await freePort();
  const env = { HEADWATER_NATS_URL: natsUrl, HEADWATER_LOG_LEVEL: 'warn' };
  const doors = door === 'cmaf' ? {} : { [`HEADWATER_${door.toUpperCase()}_PORT`]: String(port) };
  const storage = { HEADWATER_STORAGE_URL: `file:${join(folder, 'media')}` };
  const origin = await startNode('origin', around, { ...env, ...storage, ...doors }, null);
  const edge = await startNode('edge', around, { ...env, HEADWATER_EDGE_ORIGIN_URL: origin.url }, null);
  return { nodes: { origin, edge, port }, bus };
}

/** Makes a channel and has an ffmpeg publish to it; gives after how many seconds it can be played at the edge. */
async function publish(
  id: string,
  { door, ladder, clip }: Plan,
  nodes: Nodes,
  bus: Bus,
  { lifecycle }: Context,
): Promise<number> {
  const key = newKey();
  const settings = ChannelSettings.parse({ id, title: id, source: 'publish', ladder, windowMs: WINDOW_MS });
  const record: ChannelRecord = { settings, wanted: 'running', keyHash: hashKey(key), fromProgramme: false };
  await (await openBucket(bus, CHANNELS_BUCKET)).put(id, JSON.stringify(record));
  const url = `${nodes.edge.url}/v/${id}/index.m3u8`;
  await answers(url, (status) => status !== 404);
  return playableAfter(url, clip, outputOf(door, id, key, nodes), lifecycle);
}

/** Has an ffmpeg send a clip for ever; gives after how many seconds `url` answers. */
export async function playableAfter(
  url: string,
  clip: string,
  output: readonly string[],
  lifecycle: Context['lifecycle'],
): Promise<number> {
  const said: string[] = [];
  const startedMs = performance.now();
  const child = await start({
    command: 'ffmpeg',
    args: ['-v', 'error', '-nostdin', '-re', '-stream_loop', '-1', '-i', clip, '-c', 'copy', ...output],
    onErrorLine: (line) => void (said.push(line) > 5 && said.shift()),
  });
  lifecycle.defer('sender', () => child.stop());
  await answers(url, (status) => status === 200).catch(() => {
    throw new Failure('child-failed', `${url} is not played: ${said.join(' ')}`, 'See the log of the origin');
  });
  return (performance.now() - startedMs) / 1_000;
}

function outputOf(door: Door, id: string, key: string, { origin, port }: Nodes): readonly string[] {
  switch (door) {
    case 'rtmp':
      return ['-f', 'flv', `rtmp://127.0.0.1:${port}/live/${id}?key=${key}`];
    case 'srt':
      return ['-f', 'mpegts', `srt://127.0.0.1:${port}?streamid=publish:${id}:${key}&pkt_size=1316`];
    case 'rtsp':
      return ['-f', 'rtsp', '-rtsp_transport', 'tcp', `rtsp://127.0.0.1:${port}/${id}?key=${key}`];
    case 'cmaf': {
      const format = ['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '200000'];
      const headers = ['-method', 'POST', '-headers', `Authorization: Bearer ${key}\r\n`];
      return [...format, ...headers, `${origin.url}/cmaf/${id}/live.mp4`];
    }
  }
}

async function answers(url: string, isGood: (status: number) => boolean): Promise<void> {
  for (const untilMs = performance.now() + PLAYABLE_WITHIN_MS; performance.now() < untilMs; ) {
    const response = await fetch(url);
    await response.body?.cancel();
    if (isGood(response.status)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`${url} did not answer as it should`);
}

/** The media that a channel's first track lists, and what is wrong with it. */
async function listedAt({ url }: Server, id: string): Promise<Listed> {
  const main = await (await fetch(`${url}/v/${id}/index.m3u8`)).text();
  const track = /^(v[^/\n]*)\/index\.m3u8$/m.exec(main)?.[1] ?? '';
  return listedIn(await (await fetch(`${url}/v/${id}/${track}/index.m3u8`)).text());
}

export function listedIn(playlist: string): Listed {
  const numbers = [...playlist.matchAll(/[-/](\d+)\.(?:m4s|ts)$/gm)].map(([, number]) => Number(number));
  const jumps = numbers.filter((number, index) => index > 0 && number !== (numbers[index - 1] ?? 0) + 1);
  const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds));
  return {
    seconds: durations.reduce((sum, seconds) => sum + seconds, 0),
    breaks: jumps.length + [...playlist.matchAll(/#EXT-X-DISCONTINUITY\n/g)].length,
  };
}

async function usageOf(pid: number) {
  const children = await childrenOf(pid);
  const used = await Promise.all(children.map((child) => cpuSeconds(child)));
  const held = await Promise.all(children.map(residentBytes));
  return {
    atMs: performance.now(),
    cpu: await cpuSeconds(pid),
    childrenCpu: used.reduce((sum, seconds) => sum + seconds, 0),
    childrenBytes: held.reduce((sum, bytes) => sum + bytes, 0),
  };
}

/** proc(5): VmRSS, in KiB. */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
}
