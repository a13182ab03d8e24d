import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Values } from '../../runtime/config.ts';
import { Failure } from '../../runtime/failure.ts';
import { remove } from '../../runtime/files.ts';
import type { Context } from '../../runtime/node.ts';
import { find } from '../../runtime/process.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { findGenerator, type Generator, type LoadOptions } from './load.ts';
import { machine, say } from './machine.ts';
import { type Page, startNginx } from './nginx.ts';
import type { Surroundings } from './nodes.ts';
import { cores } from './pin.ts';
import { saveResults } from './results.ts';
import { type Contender, figuresOf, interleave, type Measured, ratioOf } from './rounds.ts';
import { sameAnswer } from './same.ts';
import type { Server } from './server.ts';
import { type Row, table } from './table.ts';

const Count = z.coerce.number().int().min(1).max(1_000);

export const edgeBenchSettings = {
  rounds: {
    env: 'HEADWATER_BENCH_ROUNDS',
    schema: Count,
    fallback: '5',
    help: 'rounds of each server and object',
  },
  seconds: {
    env: 'HEADWATER_BENCH_SECONDS',
    schema: Count,
    fallback: '3',
    help: 'length of a round, seconds',
  },
  connections: {
    env: 'HEADWATER_BENCH_CONNECTIONS',
    schema: Count,
    fallback: '32',
    help: 'connections that ask at once',
  },
} as const;

/**
 * Requests per CPU-second of an edge beside nginx, through the real routes: prints a table and keeps the figures.
 * Everything that it starts is given to `lifecycle`.
 */
export async function benchEdge(
  values: Values<typeof edgeBenchSettings>,
  { log, lifecycle }: Context,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('files', () => remove(folder));
  const { server, load } = cores();
  if (server === null) say('Nothing is pinned to a core: that needs two cores and `taskset`.');
  const around = { folder, core: server, lifecycle, log };
  const cluster = await startCluster(around);
  const nginx = await startPeer(around, cluster);
  const generator = findGenerator();
  if (generator.name !== 'wrk')
    say('The load comes from this process: `wrk` is not on the PATH (`apt-get install wrk`).');
  const conditions = conditionsOf(generator, values);
  say(`${conditions}\n`);
  const options = { ...values, core: load };
  const rows = await measureAll(cluster, nginx, generator, options);
  say(`\n${table(rows)}\nMedians, with the smallest and the largest. The target is a ratio of 1.00 or more.`);
  say(`Kept in ${await saveResults('edge', { conditions, ...values, rows })}`);
}

function conditionsOf(
  { name }: Generator,
  { rounds, seconds, connections }: Values<typeof edgeBenchSettings>,
) {
  return `${machine()}; ${name}, ${connections} connections, ${rounds} rounds of ${seconds} s`;
}

/** nginx with what the edge answers now; null where there is none. Throws when the two do not answer the same. */
async function startPeer(around: Surroundings, { edge, objects }: Cluster): Promise<Server | null> {
  if (find('nginx') === null) {
    say('The edge stands alone: `nginx` is not on the PATH (`apt-get install nginx-light`).');
    return null;
  }
  const pages = await Promise.all(objects.map(({ path }) => fetchPage(edge.url, path)));
  const nginx = await startNginx(around, pages);
  for (const { path } of objects) await sameAnswer(path, edge.url, nginx.url);
  return nginx;
}

async function fetchPage(url: string, path: string): Promise<Page> {
  const response = await fetch(url + path);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status === 200) return { path, headers: response.headers, bytes };
  const said = new TextDecoder().decode(bytes).trim();
  throw new Failure(
    'child-failed',
    `the edge answers ${path} with ${response.status}: ${said}`,
    'See its log',
  );
}

type Options = LoadOptions & { readonly rounds: number };

async function measureAll(
  { edge, objects }: Cluster,
  nginx: Server | null,
  generator: Generator,
  options: Options,
): Promise<readonly Row[]> {
  const contenders: Contender[] = [{ name: 'edge', server: edge }];
  if (nginx !== null) contenders.push({ name: 'nginx', server: nginx });
  const rows: Row[] = [];
  for (const { name, path } of objects) {
    say(`measuring the ${name}`);
    const rounds = await interleave(contenders, path, options.rounds, generator, options);
    rows.push(rowOf(name, rounds.get('edge') ?? [], rounds.get('nginx') ?? null));
  }
  return rows;
}

const rowOf = (object: string, edge: readonly Measured[], nginx: readonly Measured[] | null): Row => ({
  object,
  edge: figuresOf(edge),
  nginx: nginx && figuresOf(nginx),
  ratio: nginx && ratioOf(edge, nginx),
});
