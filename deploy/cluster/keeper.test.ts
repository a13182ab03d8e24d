import { afterEach, expect, test } from 'bun:test';
import { createServer } from 'node:http';
import { Keeper } from './keeper.ts';
import type { Part } from './part.ts';

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A page that always answers, for children that serve nothing. */
async function readyPage(): Promise<number> {
  const server = createServer((_, response) => response.end('ready'));
  stops.push(() => server.close());
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const address = server.address();
  return address && typeof address === 'object' ? address.port : 0;
}

/** A part that runs `script` in a shell; each line it writes and each news of it can be waited for. */
async function shell(script: string, port?: number) {
  const said: string[] = [];
  const listeners = new Set<() => void>();
  const say = (line: string) => {
    said.push(line);
    for (const listener of listeners) listener();
  };
  const ready = port ?? (await readyPage());
  const part: Part = {
    name: 'edge-1',
    command: '/bin/sh',
    args: ['-c', script],
    env: {},
    port: ready,
    portSetting: '--edge-port',
    probe: { kind: 'http', url: `http://127.0.0.1:${ready}/readyz` },
  };
  const keeper = new Keeper(part, { onLine: say, onNews: (news) => say(`news: ${news}`) });
  stops.push(() => keeper.stop());
  const until = (pattern: RegExp, times = 1) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const found = said.filter((line) => pattern.test(line))[times - 1];
        if (found !== undefined) resolve(found);
      };
      listeners.add(look);
      look();
    });
  return { keeper, said, until };
}

const WAIT = 'while read -r _; do :; done';

test('a process that crashes is started again, and said to be back', async () => {
  const { keeper, until } = await shell(`echo pid $$; ${WAIT}`);
  await keeper.start();
  const first = await until(/^pid/);
  process.kill(Number(first.split(' ')[1]), 'SIGKILL');
  expect(await until(/^news: ended/)).toMatch(/^news: ended by SIGKILL; it is started again in 0\.\d s$/);
  expect(await until(/^pid/, 2)).not.toBe(first);
  await until(/^news: is back/);
});

test('what a process started and left behind goes with it', async () => {
  const { keeper, until } = await shell(`sleep 600 & echo pid $$; ${WAIT}`);
  await keeper.start();
  const pid = Number((await until(/^pid/)).split(' ')[1]);
  process.kill(pid, 'SIGKILL');
  // A process has ended when its output has, and whatever it left behind would keep that open.
  await until(/^news: ended/);
});

test('a process that ends before it is ready fails with its own sentence', async () => {
  const sentence = 'headwater edge [port-taken]: TCP port 8081 is already in use. Stop it.';
  const { keeper } = await shell(`echo '${sentence}' >&2; exit 1`, 1);
  await expect(keeper.start()).rejects.toThrow('edge-1: TCP port 8081 is already in use. Stop it');
});

test('a process that says nothing before it ends fails with its status', async () => {
  const { keeper } = await shell('exit 7', 1);
  await expect(keeper.start()).rejects.toThrow('edge-1: ended with status 7');
});

test('a stop while it starts is no failure', async () => {
  const { keeper, until } = await shell(`trap 'exit 0' TERM; echo up; ${WAIT}`, 1);
  const starting = keeper.start().catch(() => {});
  await until(/^up/);
  await keeper.stop();
  await starting;
});

test('a stopped process is not started again', async () => {
  const { keeper, said, until } = await shell(`trap 'echo asked; exit 0' TERM; echo up; ${WAIT}`);
  await keeper.start();
  await until(/^up/);
  await keeper.stop();
  expect(said).toEqual(['up', 'asked']);
});
