import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBus } from '../../runtime/bus.ts';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import { type Asked, layOut } from './material.ts';
import type { Core } from './pin.ts';
import { freePort, type Server, serve } from './server.ts';

const node = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What the nodes of one bench share. */
export type Surroundings = {
  readonly folder: string;
  readonly core: Core;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
};

export type Cluster = { readonly edge: Server; readonly objects: readonly Asked[] };

/** NATS, an origin with media to serve, and an edge on `core`, each a process as in production. */
export async function startCluster(around: Surroundings): Promise<Cluster> {
  const storage = join(around.folder, 'media');
  const natsUrl = await startNats(around);
  const env = { HEADWATER_NATS_URL: natsUrl, HEADWATER_LOG_LEVEL: 'warn' };
  const bus = await openBus({ natsUrl, natsReplicas: 1, name: 'bench', log: around.log });
  const objects = await layOut(bus, storage, Date.now());
  await bus.close();
  const origin = await startNode(
    'origin',
    around,
    { ...env, HEADWATER_STORAGE_URL: `file:${storage}` },
    null,
  );
  const edge = await startNode(
    'edge',
    around,
    { ...env, HEADWATER_EDGE_ORIGIN_URL: origin.url },
    around.core,
  );
  return { edge, objects };
}

async function startNats({ folder, lifecycle }: Surroundings): Promise<string> {
  const [port, monitor] = [await freePort(), await freePort()];
  const listen = ['-a', '127.0.0.1', '-p', String(port), '-m', String(monitor)];
  const server = await serve({
    command: 'nats-server',
    args: ['-js', '-sd', join(folder, 'nats'), ...listen],
    url: `http://127.0.0.1:${monitor}`,
    probe: '/healthz',
  });
  lifecycle.defer('nats-server', server.stop);
  return `nats://127.0.0.1:${port}`;
}

async function startNode(
  name: 'origin' | 'edge',
  { lifecycle }: Surroundings,
  env: Readonly<Record<string, string>>,
  core: Core,
): Promise<Server> {
  const port = await freePort();
  const server = await serve({
    command: process.execPath,
    args: [node(`${name}/main.ts`), '--port', String(port), '--host', '127.0.0.1'],
    env,
    core,
    url: `http://127.0.0.1:${port}`,
    probe: '/readyz',
  });
  lifecycle.defer(name, server.stop);
  return server;
}
