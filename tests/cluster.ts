import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A one-machine cluster of real processes, on free ports and with a data folder of its own. */
export type Cluster = {
  /** Of the coordinator. */
  readonly url: string;
  readonly originUrl: string;
  readonly natsUrl: string;
  /** Of the origin, for players and publishers: rtsp://localhost:port. */
  readonly rtspUrl: string;
  readonly edgeUrls: readonly string[];
  readonly data: string;
  /** All that it has printed. */
  readonly output: () => string;
  readonly process: ChildProcess;
  /** Ctrl-C; gives the exit status. Its data stays until `remove`. */
  readonly stop: () => Promise<number | null>;
  readonly remove: () => Promise<void>;
};

export type ClusterOptions = {
  readonly edges?: number;
  readonly film?: string;
  /** The folder of an earlier cluster, to start it a second time. */
  readonly data?: string;
  /** Settings for all of its processes. */
  readonly env?: Readonly<Record<string, string>>;
};

const main = join(import.meta.dirname, '..', 'deploy', 'cluster', 'main.ts');

/** Starts a cluster and resolves when its table is printed, or it has given up. */
export async function startCluster({
  edges = 2,
  film,
  data,
  env: settings = {},
}: ClusterOptions = {}): Promise<Cluster> {
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'headwater-cluster-')));
  const first = await freePorts(edges + 6);
  const [coordinator, origin, nats] = [first, first + 1, first + 2];
  const [rtmp, srt, rtsp, edge] = [first + 3, first + 4, first + 5, first + 6];
  const env = {
    ...process.env,
    ...settings,
    HEADWATER_DATA: folder,
    HEADWATER_COORDINATOR_PORT: String(coordinator),
    HEADWATER_ORIGIN_PORT: String(origin),
    HEADWATER_NATS_PORT: String(nats),
    HEADWATER_RTMP_PORT: String(rtmp),
    HEADWATER_SRT_PORT: String(srt),
    HEADWATER_RTSP_PORT: String(rtsp),
    HEADWATER_RTP_PORT: '0',
    HEADWATER_EDGE_PORT: String(edge),
    HEADWATER_EDGES: String(edges),
    ...(film === undefined ? {} : { HEADWATER_FILM: film }),
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  const exited = once(child, 'exit');
  const url = `http://localhost:${coordinator}`;
  await Promise.race([eventually(() => output.includes('/play/bbb.m3u8')), exited]);
  if (child.exitCode !== null) throw new Error(`the cluster did not start: ${output}`);
  return {
    url,
    originUrl: `http://localhost:${origin}`,
    natsUrl: `nats://127.0.0.1:${nats}`,
    rtspUrl: `rtsp://localhost:${rtsp}`,
    edgeUrls: Array.from({ length: edges }, (_, index) => `http://localhost:${edge + index}`),
    data: folder,
    output: () => output,
    process: child,
    async stop() {
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whether a URL answers with 200 now. */
export const ok = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );

const LOOK_AGAIN_MS = 50;

/** Looks again and again until a condition holds. Rejects after `timeoutMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 90_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

type Item = {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly progress?: number;
};

/** A presentation as the API lists it, or null. */
export async function presentation(cluster: Cluster, id: string): Promise<Item | null> {
  const response = await fetch(`${cluster.url}/api/v1/presentations`);
  const { items } = (await response.json()) as { items: Item[] };
  return items.find((item) => item.id === id) ?? null;
}

export const becomes = (cluster: Cluster, id: string, state: string) =>
  eventually(async () => (await presentation(cluster, id))?.state === state, 180_000);

/** The value of a metric without labels. */
export async function metric(nodeUrl: string, name: string): Promise<number> {
  const text = await (await fetch(`${nodeUrl}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? Number.NaN);
}

/** Ports a test may take are below those that the system gives to clients. */
const PORTS_FROM = 20_000;
const PORTS_TO = 32_000;

/** The first of `count` ports in a row that are free now. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = PORTS_FROM + Math.floor(Math.random() * (PORTS_TO - PORTS_FROM));
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once('error', () => resolve(false));
  server.listen(port, () => server.close(() => resolve(true)));
  return promise;
}
