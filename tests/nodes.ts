import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Programme } from '../wire/programme.ts';
import { eventually, freePorts, ok } from './cluster.ts';
import { startNats } from './nats.ts';

/** An origin that presents a programme, and an edge before it: real processes, without a coordinator. */
export type Nodes = {
  readonly originUrl: string;
  readonly edgeUrl: string;
  readonly natsUrl: string;
  /** Ends them and removes what they stored. */
  readonly stop: () => Promise<void>;
};

/** The doors of an origin to which nobody publishes: their usual ports may be somebody else's. */
export const SHUT = {
  HEADWATER_RTMP_PORT: 'off',
  HEADWATER_SRT_PORT: 'off',
  HEADWATER_RTSP_PORT: 'off',
} as const;

const root = join(import.meta.dirname, '..');

/** Starts them on free ports; resolves when both answer. */
export async function startNodes(programme: z.input<typeof Programme>): Promise<Nodes> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-nodes-'));
  const file = join(folder, 'programme.json');
  await writeFile(file, JSON.stringify(programme));
  const nats = await startNats();
  const port = await freePorts(2);
  const [originUrl, edgeUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`];
  const env = { ...process.env, HEADWATER_NATS_URL: nats.url, HEADWATER_LOG_LEVEL: 'warn' };
  const origin = start('origin', {
    ...env,
    HEADWATER_ORIGIN_PORT: String(port),
    ...SHUT,
    HEADWATER_ORIGIN_PROGRAMME: file,
    HEADWATER_STORAGE_URL: `file:${join(folder, 'media')}`,
  });
  const edge = start('edge', {
    ...env,
    HEADWATER_EDGE_PORT: String(port + 1),
    HEADWATER_EDGE_ORIGIN_URL: originUrl,
  });
  await eventually(async () => (await ok(`${originUrl}/readyz`)) && (await ok(`${edgeUrl}/readyz`)));
  const stop = async () => {
    await Promise.all([end(edge), end(origin)]);
    await nats.remove();
    await rm(folder, { recursive: true, force: true });
  };
  return { originUrl, edgeUrl, natsUrl: nats.url, stop };
}

/** An edge more: a real process. */
export type EdgeNode = {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

/** Starts an edge on a free port; resolves when it is ready. */
export async function startEdge(natsUrl: string, originUrl: string): Promise<EdgeNode> {
  const port = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const child = start('edge', {
    ...process.env,
    HEADWATER_NATS_URL: natsUrl,
    HEADWATER_LOG_LEVEL: 'error',
    HEADWATER_EDGE_PORT: String(port),
    HEADWATER_EDGE_ORIGIN_URL: originUrl,
  });
  await eventually(() => ok(`${url}/readyz`));
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}

const start = (node: 'origin' | 'edge', env: NodeJS.ProcessEnv): ChildProcess =>
  spawn(process.execPath, [join(root, node, 'main.ts')], { env, stdio: ['ignore', 'inherit', 'inherit'] });

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
