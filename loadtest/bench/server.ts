import { createServer } from 'node:net';
import { Failure } from '../../runtime/failure.ts';
import * as Process from '../../runtime/process.ts';
import { type Core, pinned } from './pin.ts';

/** A server that runs as a child until it is stopped. */
export type Server = {
  readonly pid: number;
  readonly url: string;
  readonly stop: () => Promise<unknown>;
};

export type ServerOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly core?: Core;
  readonly url: string;
  /** Below `url`; answers as soon as the server serves. */
  readonly probe: string;
};

const READY_TRIES = 100;
const READY_WAIT_MS = 100;

/** Starts a server and waits until it answers. Throws Failure `child-failed` with the last it said. */
export async function serve(options: ServerOptions): Promise<Server> {
  const said: string[] = [];
  const [command, args] = pinned(options.core ?? null, options.command, options.args);
  const keep = (line: string) => void (said.push(line) > 5 && said.shift());
  const child = await Process.start({ command, args, env: options.env ?? {}, onErrorLine: keep });
  void drain(child.output);
  const exit = child.exited.then(() => 'ended' as const);
  const state = await Promise.race([exit, answers(options.url + options.probe)]);
  if (state === 'answers') return { pid: child.pid, url: options.url, stop: () => child.stop() };
  await child.stop();
  throw new Failure(
    'child-failed',
    `${options.command} ${state === 'ended' ? 'ended' : 'does not answer'}: ${said.join(' ')}`,
    'Start it by hand to see why',
  );
}

/** A pipe that nobody reads fills up and stops the child. */
async function drain(output: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of output);
}

async function answers(url: string): Promise<'answers' | 'silent'> {
  for (let attempt = 0; attempt < READY_TRIES; attempt++) {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response?.ok) return 'answers';
    await new Promise((resolve) => setTimeout(resolve, READY_WAIT_MS));
  }
  return 'silent';
}

/** A TCP port that nobody has now. */
export function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close(() => resolve(port));
  });
  return promise;
}
