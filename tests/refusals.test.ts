import { expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from '../runtime/process.ts';
import { freePorts } from './cluster.ts';
import { SHUT } from './nodes.ts';

/** Runs a node that should refuse to start; gives its exit status and what it said. */
async function refusal(node: string, env: Readonly<Record<string, string | undefined>>) {
  const lines: string[] = [];
  const args = [join(import.meta.dirname, '..', node, 'main.ts')];
  const child = await start({
    command: process.execPath,
    args,
    env,
    onErrorLine: (line) => lines.push(line),
  });
  for await (const _ of child.output);
  return { exit: await child.exited, lines };
}

const failed = { kind: 'status', status: 1 } as const;

test.each(['edge', 'coordinator', 'origin'])(
  '%s without NATS says where it looked and what to do',
  async (node) => {
    const port = await freePorts(1);
    const data = await mkdtemp(join(tmpdir(), 'headwater-refusal-'));
    const { exit, lines } = await refusal(node, {
      HEADWATER_NATS_URL: `nats://127.0.0.1:${port}`,
      HEADWATER_DATA: data,
      HEADWATER_STORAGE_URL: `file:${data}/media`,
    });
    await rm(data, { recursive: true });
    expect(exit).toEqual(failed);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`nats://127.0.0.1:${port} does not answer`);
    expect(lines[0]).toContain('nats-server -js');
  },
);

test.each([
  ['edge', { HEADWATER_EDGE_PORT: 'eighty' }, '--port'],
  ['edge', { HEADWATER_EDGE_ID: 'Not An Id' }, 'HEADWATER_EDGE_ID'],
  ['origin', { HEADWATER_STORAGE_URL: 'ftp://x' }, 'HEADWATER_STORAGE_URL'],
  ['origin', { HEADWATER_ORIGIN_PROGRAMME: '/nowhere.json' }, 'HEADWATER_ORIGIN_PROGRAMME'],
  ['origin', { PATH: '/nowhere' }, 'apt-get install ffmpeg'],
  ['coordinator', { HEADWATER_ADMIN_TOKEN: 'short' }, 'at least 16 characters'],
])('%s with %j is one line that says what to do', async (node, env, words) => {
  const { exit, lines } = await refusal(node, env);
  expect(exit).toEqual(failed);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(words);
});

test('a programme that is wrong names the place', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-refusal-'));
  const path = join(folder, 'programme.json');
  await writeFile(
    path,
    JSON.stringify({ presentations: [{ kind: 'vod', id: 'UPPER', title: 'x', file: 'x' }] }),
  );
  const { exit, lines } = await refusal('origin', { HEADWATER_ORIGIN_PROGRAMME: path });
  await rm(folder, { recursive: true });
  expect(exit).toEqual(failed);
  expect(lines[0]).toContain('presentations.0.id');
});

test('the cluster names the port that is taken, and the setting that moves it', async () => {
  const first = await freePorts(6);
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(first + 1, resolve));
  const data = await mkdtemp(join(tmpdir(), 'headwater-refusal-'));
  const { exit, lines } = await refusal('deploy/cluster', {
    HEADWATER_DATA: data,
    HEADWATER_COORDINATOR_PORT: String(first),
    HEADWATER_ORIGIN_PORT: String(first + 1),
    ...SHUT,
    HEADWATER_NATS_PORT: String(first + 2),
    HEADWATER_EDGE_PORT: String(first + 3),
  });
  holder.close();
  await rm(data, { recursive: true });
  expect(exit).toEqual(failed);
  expect(lines.join('\n')).toContain(`TCP port ${first + 1}`);
  expect(lines.join('\n')).toContain('HEADWATER_ORIGIN_PORT');
});
