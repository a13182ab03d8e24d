import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import type { Programme } from '../wire/programme.ts';
import { eventually, freePorts, ok } from './cluster.ts';
import { startNats } from './nats.ts';
import { KEYS } from './tokens.ts';

/** An origin that presents a programme, and edges before it: real processes, with a coordinator if asked for. */
export type Nodes = {
  readonly originUrl: string;
  readonly originPid: number;
  /** Of the first edge. */
  readonly edgeUrl: string;
  readonly edgeUrls: readonly string[];
  readonly coordinatorUrl: string | null;
  readonly natsUrl: string;
  /** Of the origin, if players by RTSP are let in. */
  readonly rtspUrl: string;
  /** Ends them and removes what they stored. */
  readonly stop: () => Promise<void>;
};

/** The doors of an origin to which nobody publishes: their usual ports may be somebody else's. */
export const SHUT = {
  HEADWATER_RTMP_PORT: 'off',
  HEADWATER_SRT_PORT: 'off',
  HEADWATER_RTSP_PORT: 'off',
} as const;

const openFor = (rtspPort: number) => ({
  HEADWATER_RTSP_PORT: String(rtspPort),
  HEADWATER_RTP_PORT: '0',
  HEADWATER_RTP_MULTICAST: '239.255.77.0/24',
});

export type NodesOptions = {
  readonly edges?: number;
  readonly coordinator?: boolean;
  /** Players by RTSP are let in, over UDP and multicast too. */
  readonly rtsp?: boolean;
};

const root = join(import.meta.dirname, '..');

/** Starts them on free ports; resolves when all answer. */
export async function startNodes(
  programme: z.input<typeof Programme>,
  { edges = 1, coordinator = false, rtsp = false }: NodesOptions = {},
): Promise<Nodes> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-nodes-'));
  const file = join(folder, 'programme.json');
  await writeFile(file, JSON.stringify(programme));
  const nats = await startNats();
  const port = await freePorts(edges + 3);
  const rtspPort = port + edges + 2;
  const common = {
    HEADWATER_NATS_URL: nats.url,
    HEADWATER_DATA: folder,
    HEADWATER_LOG_LEVEL: 'warn',
    HEADWATER_TOKEN_KEYS: KEYS.map(({ secret }) => secret).join(),
  };
  const origin = start('origin', port, {
    ...common,
    ...SHUT,
    ...(rtsp && openFor(rtspPort)),
    HEADWATER_ORIGIN_PROGRAMME: file,
    HEADWATER_STORAGE_URL: `file:${join(folder, 'media')}`,
  });
  const before = Array.from({ length: edges }, (_, index) =>
    start('edge', port + 1 + index, { ...common, HEADWATER_EDGE_ORIGIN_URL: origin.url }),
  );
  const door = coordinator ? start('coordinator', port + edges + 1, common) : null;
  const all = [...(door === null ? [] : [door]), ...before, origin];
  await eventually(async () => (await Promise.all(all.map(({ url }) => ok(`${url}/readyz`)))).every(Boolean));
  const stop = async () => {
    await Promise.all(all.map(({ child }) => end(child)));
    await nats.remove();
    await rm(folder, { recursive: true, force: true });
  };
  const edgeUrls = before.map(({ url }) => url);
  return {
    originUrl: origin.url,
    originPid: origin.child.pid ?? 0,
    edgeUrl: edgeUrls[0] ?? '',
    edgeUrls,
    coordinatorUrl: door?.url ?? null,
    natsUrl: nats.url,
    rtspUrl: `rtsp://127.0.0.1:${rtspPort}`,
    stop,
  };
}

/** An edge more: a real process. */
export type EdgeNode = {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

/** Starts an edge on a free port; resolves when it is ready. */
export async function startEdge(natsUrl: string, originUrl: string): Promise<EdgeNode> {
  const own = {
    HEADWATER_NATS_URL: natsUrl,
    HEADWATER_LOG_LEVEL: 'error',
    HEADWATER_EDGE_ORIGIN_URL: originUrl,
  };
  const { url, child } = start('edge', await freePorts(1), own);
  await eventually(() => ok(`${url}/readyz`));
  return { url, pid: child.pid ?? 0, stop: () => end(child) };
}

type Started = { readonly url: string; readonly child: ChildProcess };

function start(
  node: 'origin' | 'edge' | 'coordinator',
  port: number,
  own: Readonly<Record<string, string>>,
): Started {
  const env = { ...process.env, ...own, [`HEADWATER_${node.toUpperCase()}_PORT`]: String(port) };
  const args = [join(root, node, 'main.ts')];
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  return { url: `http://127.0.0.1:${port}`, child };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
