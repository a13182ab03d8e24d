import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Values } from '../../runtime/config.ts';
import { remove } from '../../runtime/files.ts';
import type { Context } from '../../runtime/node.ts';
import { makeClip } from './channel.ts';
import { align, spread } from './columns.ts';
import { machine, say } from './machine.ts';
import { saveResults } from './results.ts';
import { type Summary, summarize } from './summary.ts';
import { type Outcome, tryOut, type Way } from './trial.ts';

const WAYS: readonly Way[] = ['push', 'pull'];

const Count = z.coerce.number().int().min(1).max(1_000);

export const pushBenchSettings = {
  edges: {
    env: 'HEADWATER_BENCH_EDGES',
    schema: z
      .string()
      .transform((text) => text.split(',').map(Number))
      .pipe(z.array(z.int().min(1).max(64))),
    fallback: '1,2,4,8,16',
    help: 'how many edges, one after another, separated by commas',
  },
  rounds: {
    env: 'HEADWATER_BENCH_ROUNDS',
    schema: Count,
    fallback: '3',
    help: 'trials of each way and number of edges',
  },
  seconds: {
    env: 'HEADWATER_BENCH_SECONDS',
    schema: Count,
    fallback: '10',
    help: 'length of a trial, seconds',
  },
  bitsPerSecond: {
    env: 'HEADWATER_BENCH_BITS_PER_SECOND',
    schema: z.coerce.number().int().min(100_000).max(14_000_000),
    fallback: '6000000',
    help: 'bit rate of the track, bits a second',
  },
} as const;

type Asked = Values<typeof pushBenchSettings>;

type Row = { readonly edges: number; readonly way: Way } & { readonly [K in keyof Outcome]: Summary };

/**
 * Chunks pushed over NATS beside chunks pulled over HTTP, with a viewer at each of so many edges: prints a table and
 * keeps the figures. Each trial is a cluster of its own; the two ways take turns.
 */
export async function benchPush(asked: Asked, context: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  context.lifecycle.defer('clip', () => remove(folder));
  const clip = await makeClip(folder, asked.bitsPerSecond);
  const { rounds, seconds, bitsPerSecond } = asked;
  const conditions = `${machine()}; one track of ${bitsPerSecond / 1e6} Mb/s, ${rounds} trials of ${seconds} s each`;
  say(`${conditions}\n`);
  const found = new Map<string, Outcome[]>();
  for (let round = 0; round < rounds; round++) {
    for (const edges of asked.edges) {
      for (const way of WAYS) {
        const outcome = await tryOut({ way, edges, seconds, clip }, context);
        const key = keyOf(edges, way);
        found.set(key, [...(found.get(key) ?? []), outcome]);
        say(`round ${round + 1}: ${edges} edges, ${way}`);
      }
    }
  }
  const rows = asked.edges.flatMap((edges) =>
    WAYS.map((way) => rowOf(edges, way, found.get(keyOf(edges, way)) ?? [])),
  );
  const after = machine();
  say(`\n${align([...HEAD, ...rows.map(cells)])}\n${NOTE}\nAt the end: ${after}.`);
  say(`Kept in ${await saveResults('push', { conditions, after, ...asked, rows })}`);
}

const keyOf = (edges: number, way: Way) => `${edges} ${way}`;

function rowOf(edges: number, way: Way, outcomes: readonly Outcome[]): Row {
  const of = (name: keyof Outcome) => summarize(outcomes.map((outcome) => outcome[name]));
  return {
    ...{ edges, way },
    egressBitsPerSecond: of('egressBitsPerSecond'),
    requestsPerChunk: of('requestsPerChunk'),
    originCpu: of('originCpu'),
    natsCpu: of('natsCpu'),
    edgesCpu: of('edgesCpu'),
    p50: of('p50'),
    p99: of('p99'),
  };
}

const HEAD = [
  ['edges', 'origin sends', 'requests', 'origin', 'nats-server', 'all edges', 'p50', 'p99'],
  ['', 'Mb/s', 'a chunk', '% of a core', '% of a core', '% of a core', 'ms', 'ms'],
];

const NOTE =
  'What the origin sends is what it hands to NATS and media over HTTP. p50 and p99: from the announcement to the last ' +
  'byte of the chunk at a viewer that waits for it; below 0, it was there before. Medians of all trials, with the ' +
  'smallest and the largest.';

const cells = (row: Row): readonly string[] => [
  `${row.edges} ${row.way}`,
  spread(row.egressBitsPerSecond, (value) => (value / 1e6).toFixed(2)),
  spread(row.requestsPerChunk, (value) => value.toFixed(2)),
  ...[row.originCpu, row.natsCpu, row.edgesCpu, row.p50, row.p99].map((summary) =>
    spread(summary, (value) => value.toFixed(1)),
  ),
];
