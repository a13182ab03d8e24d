import { afterAll, beforeAll, expect, test } from 'bun:test';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { remove } from '../runtime/files.ts';
import { becomes, type Cluster, eventually, presentation, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';

let film: string;
beforeAll(async () => {
  film = await makeFilm(4);
});
afterAll(() => remove(dirname(film)));

/** The processes that carry a cluster's data folder in their environment: all of its own, and nobody else's. */
async function processesOf(cluster: Cluster): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`HEADWATER_DATA=${cluster.data}`) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

const epochOf = async ({ edgeUrls }: Cluster) => {
  const playlist = await (await fetch(`${edgeUrls[0]}/v/bbb/v240/index.m3u8`)).text();
  return /^([0-9a-z]+)\/0\.m4s$/m.exec(playlist)?.[1];
};

test('Ctrl-C ends every child; the second start packages nothing again', async () => {
  const first = await startCluster({ film });
  await becomes(first, 'bbb', 'ready');
  const epoch = await epochOf(first);
  expect((await processesOf(first)).length).toBeGreaterThanOrEqual(5);
  expect(await first.stop()).toBe(0);
  expect(await processesOf(first)).toEqual([]);

  const second = await startCluster({ film, data: first.data });
  await becomes(second, 'bbb', 'ready');
  expect(await epochOf(second)).toBe(epoch);
  expect(first.output()).toContain('admin token');
  expect(second.output()).not.toContain('admin token');
  await second.stop();
  await second.remove();
});

test('killing the supervisor with -9 leaves nothing running', async () => {
  const cluster = await startCluster({ film });
  await becomes(cluster, 'demo-live', 'live');
  const exited = once(cluster.process, 'exit');
  cluster.process.kill('SIGKILL');
  await exited;
  await eventually(async () => (await processesOf(cluster)).length === 0, 10_000);
  await cluster.remove();
});

test('a film that is cut short is listed as failed, with ffmpeg’s reason, and the cluster goes on', async () => {
  const whole = await readFile(film);
  const broken = film.replace('small.mp4', 'broken.mp4');
  await Bun.write(broken, whole.subarray(0, Math.floor(whole.byteLength / 2)));
  const cluster = await startCluster({ film: broken });
  await becomes(cluster, 'bbb', 'failed');
  expect((await presentation(cluster, 'bbb'))?.reason).toContain('moov atom not found');
  const response = await fetch(`${cluster.url}/play/bbb.m3u8`);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('moov atom not found');
  await eventually(() => cluster.output().includes('moov atom not found'));
  expect(await cluster.stop()).toBe(0);
  await cluster.remove();
});
