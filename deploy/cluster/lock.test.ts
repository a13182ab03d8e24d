import { afterEach, beforeEach, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './identity.ts';
import { takeLock } from './lock.ts';

let data = '';
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'headwater-lock-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

const write = (holder: unknown) => writeFile(join(data, 'cluster.lock'), JSON.stringify(holder));
const readPid = async () => JSON.parse(await readFile(join(data, 'cluster.lock'), 'utf8')).pid;

test('is taken, and leaves nothing when it is released', async () => {
  const lock = await takeLock(data);
  expect(await readPid()).toBe(process.pid);
  await lock.release();
  expect(await readdir(data)).toEqual([]);
});

test('is refused while its holder runs, in one sentence', async () => {
  const other = spawn('sleep', ['60']);
  try {
    await write({ pid: other.pid, identity: await identityOf(other.pid ?? 0) });
    await expect(takeLock(data)).rejects.toThrow(`another cluster (pid ${other.pid}) works in ${data}`);
  } finally {
    other.kill('SIGKILL');
  }
});

test.each([
  ['a process that is gone', { pid: 2 ** 22 + 1, identity: 'boot 1' }],
  ['a pid that someone else has now', { pid: process.ppid, identity: 'boot 1' }],
  ['our own pid, of an earlier container', { pid: process.pid, identity: 'boot 1' }],
  ['something else', 'cut sho'],
])('does not count when it is of %s', async (_, holder) => {
  await write(holder);
  await takeLock(data);
  expect(await readPid()).toBe(process.pid);
});

test('a folder that can not be written is named', async () => {
  await expect(takeLock('/dev/null/data')).rejects.toThrow(/cannot work in \/dev\/null\/data/);
});
