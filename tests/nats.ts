import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Bus, openBus } from '../runtime/bus.ts';
import { quiet } from './quiet.ts';

/** A real nats-server with JetStream, on a free port and with a store of its own. */
export type Nats = {
  readonly url: string;
  /** Ends it; what it stored stays. */
  readonly stop: () => Promise<void>;
  /** Starts it again on the same port. */
  readonly start: () => Promise<void>;
  /** Ends it and removes what it stored. */
  readonly remove: () => Promise<void>;
};

const LINES_KEPT = 20;

type Server = { readonly child: ChildProcess; readonly port: number };

/** Starts a server; resolves when it is ready. `args` replace `-js`. */
export async function startNats(args: readonly string[] = ['-js']): Promise<Nats> {
  const store = await mkdtemp(join(tmpdir(), 'headwater-nats-'));
  const options = [...args, '-a', '127.0.0.1', '-sd', store];
  let server = await launch([...options, '-p', '-1']);
  const { port } = server;
  const stop = async () => {
    const { child } = server;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  const start = async () => {
    server = await launch([...options, '-p', String(port)]);
  };
  const remove = () => stop().then(() => rm(store, { recursive: true, force: true }));
  return { url: `nats://127.0.0.1:${port}`, stop, start, remove };
}

/** Its log says which port it found, and when it is ready. */
function launch(args: readonly string[]): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  const child = spawn('nats-server', [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  let port = 0;
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    said.push(line);
    if (said.length > LINES_KEPT) said.shift();
    port = Number(/client connections on .*:(\d+)/.exec(line)?.[1] ?? port);
    if (line.includes('Server is ready')) resolve({ child, port });
  });
  lines.on('close', () => reject(new Error(`nats-server ended: ${said.join('\n')}`)));
  child.on('error', reject);
  return promise;
}

export const testBus = ({ url }: Nats): Promise<Bus> =>
  openBus({ natsUrl: url, natsReplicas: 1, name: 'test', log: quiet });

/** Ends the server and starts it again; resolves when the bus is connected to it. */
export async function restart({ stop, start }: Nats, { connection }: Bus): Promise<void> {
  const status = connection.status();
  await stop();
  await start();
  for await (const { type } of status) if (type === 'reconnect') return;
}
