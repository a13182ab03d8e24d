import { describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { quiet } from '../tests/quiet.ts';
import { Lifecycle, leashed } from './lifecycle.ts';

describe('closing', () => {
  test('goes backwards through what was opened, one after another', async () => {
    const closed: string[] = [];
    const lifecycle = new Lifecycle(quiet);
    lifecycle.defer('first', () => closed.push('first'));
    lifecycle.defer('second', async () => {
      await Promise.resolve();
      closed.push('second');
    });
    await lifecycle.close();
    expect(closed).toEqual(['second', 'first']);
  });

  test('goes on past what fails', async () => {
    const closed: string[] = [];
    const lifecycle = new Lifecycle(quiet);
    lifecycle.defer('first', () => closed.push('first'));
    lifecycle.defer('throws', () => {
      throw new Error('no');
    });
    lifecycle.defer('rejects', () => Promise.reject(new Error('no')));
    await lifecycle.close();
    expect(closed).toEqual(['first']);
  });

  test('happens once, however often it is asked for', async () => {
    let closed = 0;
    const lifecycle = new Lifecycle(quiet);
    lifecycle.defer('it', () => {
      closed += 1;
    });
    await Promise.all([lifecycle.close(), lifecycle.close()]);
    await lifecycle.close();
    expect(closed).toBe(1);
  });
});

/** A process that has opened one thing, and says when it closes it. */
const PROGRAM = `
  const { Lifecycle } = await import(${JSON.stringify(new URL('lifecycle.ts', import.meta.url).href)});
  const log = { info() {}, error() {} };
  const lifecycle = new Lifecycle(log);
  lifecycle.defer('it', () => console.log('closed'));
  lifecycle.endOnSignal();
  setInterval(() => {}, 1000);
  console.log('ready');
`;

async function start(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(line));
  const exited = once(child, 'exit');
  await once(lines, 'line');
  return { child, said, exited };
}

describe('a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('closes and ends with status 0 on %s', async (signal) => {
    const { child, said, exited } = await start({});
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(said).toEqual(['ready', 'closed']);
  });

  test('on the leash ends when its supervisor is gone', async () => {
    const { child, said, exited } = await start(leashed);
    child.stdin.end();
    expect(await exited).toEqual([0, null]);
    expect(said).toEqual(['ready', 'closed']);
  });
});
