import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Log } from '../../runtime/log.ts';
import type { Core } from './pin.ts';
import { freePort, type Server, serve } from './server.ts';

/** The tree that this file belongs to. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What the nodes of one bench share. */
export type Surroundings = {
  readonly folder: string;
  readonly core: Core;
  readonly lifecycle: Lifecycle;
  readonly log: Log;
};

/** Nobody publishes to a bench, and other origins of this machine keep their ports. */
const NO_DOORS = { HEADWATER_RTMP_PORT: 'off', HEADWATER_SRT_PORT: 'off', HEADWATER_RTSP_PORT: 'off' };

/** A NATS server with JetStream; `url` is its monitor's. */
export type NatsServer = Server & { readonly natsUrl: string };

export async function startNats({ folder, lifecycle }: Surroundings): Promise<NatsServer> {
  const [port, monitor] = [await freePort(), await freePort()];
  const listen = ['-a', '127.0.0.1', '-p', String(port), '-m', String(monitor)];
  const server = await serve({
    command: 'nats-server',
    args: ['-js', '-sd', join(folder, 'nats'), ...listen],
    url: `http://127.0.0.1:${monitor}`,
    probe: '/healthz',
  });
  lifecycle.defer('nats-server', server.stop);
  return { ...server, natsUrl: `nats://127.0.0.1:${port}` };
}

/** Starts a node on a free port; resolves when it is ready. It ends with the bench at the latest. `root` is the tree that it is of. */
export async function startNode(
  name: 'origin' | 'edge',
  { lifecycle }: Pick<Surroundings, 'lifecycle'>,
  env: Readonly<Record<string, string>>,
  core: Core,
  root = ROOT,
): Promise<Server> {
  const server = await serveScript(
    join(root, name, 'main.ts'),
    ['--host', '127.0.0.1'],
    { ...NO_DOORS, ...env },
    core,
    '/readyz',
  );
  lifecycle.defer(name, server.stop);
  return server;
}

/** Starts a script of ours that listens on the port of its flag `--port`. */
export async function serveScript(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  core: Core,
  probe: string,
): Promise<Server> {
  const port = await freePort();
  return serve({
    command: process.execPath,
    args: [script, '--port', String(port), ...args],
    env,
    core,
    url: `http://127.0.0.1:${port}`,
    probe,
  });
}
