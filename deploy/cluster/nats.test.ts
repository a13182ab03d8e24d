import { afterEach, beforeEach, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { read } from '../../runtime/config.ts';
import { natsServer } from './nats.ts';
import { untilReady } from './readiness.ts';
import { settings } from './settings.ts';

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'headwater-nats-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return address && typeof address === 'object' ? address.port : 0;
}

async function start() {
  const port = await freePort();
  const result = read('start', settings, ['--nats-port', String(port), '--data', data], {});
  if (result.kind === 'help') throw new Error('help was not asked for');
  const { command, args, probe } = natsServer(result.values);
  const child = spawn(command, [...args], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  const exited = once(child, 'exit');
  expect(await untilReady(probe, AbortSignal.timeout(10_000))).toBe(true);
  return { child, exited, probe };
}

const isGone = async (probe: Parameters<typeof untilReady>[0]) =>
  !(await untilReady(probe, AbortSignal.timeout(300)));

test('ends when whoever holds its standard input is gone', async () => {
  const { child, exited, probe } = await start();
  child.stdin.destroy();
  await exited;
  expect(await isGone(probe)).toBe(true);
});

test('ends in order when asked to', async () => {
  const { child, exited, probe } = await start();
  child.kill('SIGTERM');
  const [, signal] = await exited;
  expect(signal).toBeNull();
  expect(await isGone(probe)).toBe(true);
});
