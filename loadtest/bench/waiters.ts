import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Bus, openBus } from '../../runtime/bus.ts';
import { Text, type Values } from '../../runtime/config.ts';
import { remove } from '../../runtime/files.ts';
import type { Context } from '../../runtime/node.ts';
import { align, spread } from './columns.ts';
import { Crowd } from './crowd.ts';
import { RELEASE } from './held.ts';
import { LiveTrack, playlist } from './live-track.ts';
import { machine, pinSelf, say } from './machine.ts';
import { type Surroundings, serveScript, startNats, startNode } from './nodes.ts';
import { cores } from './pin.ts';
import { type Holder, type Latency, latencyOf, type Released, release, type Thing } from './releases.ts';
import { saveResults } from './results.ts';

const Count = z.coerce.number().int().min(1).max(10_000);

export const waitersBenchSettings = {
  viewers: {
    env: 'HEADWATER_BENCH_VIEWERS',
    schema: Count,
    fallback: '500',
    help: 'viewers that wait for a thing at once',
  },
  rounds: {
    env: 'HEADWATER_BENCH_ROUNDS',
    schema: Count,
    fallback: '30',
    help: 'releases of each server and kind',
  },
  chunkBytes: {
    env: 'HEADWATER_BENCH_CHUNK_BYTES',
    schema: z.coerce.number().int().min(1_000).max(1_000_000),
    fallback: String(73 * 1024),
    help: 'size of a chunk, bytes',
  },
  beside: {
    env: 'HEADWATER_BENCH_BESIDE',
    schema: Text.nullable(),
    fallback: null,
    help: 'another tree of this repository, whose edge is measured too',
  },
} as const;

type Asked = Values<typeof waitersBenchSettings>;

/** Nobody listens there: chunks are pushed, and an edge that pulls one fails the bench. */
const NO_ORIGIN = 'http://127.0.0.1:9';

/** Releases that are not counted: a compiler that works while the code runs needs some. */
const WARM_UP = 10;

/** What viewers wait for in each part of the bench; a player of low latency waits for both. */
const KINDS: readonly (readonly Thing[])[] = [['playlist'], ['chunk'], ['playlist', 'chunk']];

/**
 * From announcement to first byte for many viewers that wait at one edge: prints a table and keeps the figures. A bare
 * server beside it says how much of that is runtime, kernel and asking.
 */
export async function benchWaiters(asked: Asked, { log, lifecycle }: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('files', () => remove(folder));
  const { server: core, load } = cores();
  await pinSelf(load);
  const around = { folder, core, lifecycle, log };
  const { natsUrl } = await startNats(around);
  const bus = await openBus({ natsUrl, natsReplicas: 1, name: 'bench', log });
  lifecycle.defer('NATS', bus.close);
  const track = await LiveTrack.open(bus, asked.chunkBytes, Date.now());
  const edges = [await edgeHolder('edge', around, natsUrl, track)];
  if (asked.beside !== null)
    edges.push(await edgeHolder('edge beside', around, natsUrl, track, asked.beside));
  const playlistBytes = await sizeOf(`${edges[0]?.url}${playlist}`);
  const bare = await bareHolder(around, natsUrl, bus, [playlistBytes, asked.chunkBytes]);
  const sizes = `playlists of ${playlistBytes} bytes, chunks of ${asked.chunkBytes}`;
  const conditions = `${machine()}; ${asked.viewers} viewers, ${asked.rounds} releases of each, ${sizes}`;
  say(`${conditions}\n`);
  const rows: Row[] = [];
  for (const things of KINDS) rows.push(...(await measure(things, [...edges, bare], asked)));
  const after = machine();
  say(`${align([...HEAD, ...rows.map(cells)])}\n${NOTE}\nAt the end: ${after}.`);
  say(`Kept in ${await saveResults('waiters', { conditions, after, ...asked, rows })}`);
}

async function edgeHolder(
  name: string,
  { core, lifecycle }: Surroundings,
  natsUrl: string,
  track: LiveTrack,
  root?: string,
): Promise<Holder> {
  const env = {
    HEADWATER_NATS_URL: natsUrl,
    HEADWATER_LOG_LEVEL: 'warn',
    HEADWATER_EDGE_ORIGIN_URL: NO_ORIGIN,
  };
  const { url } = await startNode('edge', { lifecycle }, env, core, root);
  return {
    name,
    url,
    pathOf: (thing) => (thing === 'playlist' ? track.nextPlaylist : track.nextChunk),
    // Who waits for chunks alone is still somebody who watches.
    prepare: () => sizeOf(url + playlist),
    release: () => {
      track.push();
      return track.announce();
    },
  };
}

const sizeOf = async (url: string) => (await (await fetch(url)).arrayBuffer()).byteLength;

async function bareHolder(
  { core, lifecycle }: Surroundings,
  natsUrl: string,
  bus: Bus,
  [playlistBytes, chunkBytes]: readonly [number, number],
): Promise<Holder> {
  const script = fileURLToPath(new URL('holder.ts', import.meta.url));
  const args = ['--nats-url', natsUrl, '--sizes', `${playlistBytes},${chunkBytes}`];
  const server = await serveScript(script, args, {}, core, '/');
  lifecycle.defer('bare server', server.stop);
  const pathOf = (thing: Thing) => `/${thing === 'playlist' ? playlistBytes : chunkBytes}`;
  const letGo = async () => {
    const atMs = performance.now();
    bus.connection.publish(RELEASE);
    return atMs;
  };
  return { name: 'bare server', url: server.url, pathOf, prepare: async () => {}, release: letGo };
}

type Row = {
  readonly kind: string;
  readonly holder: string;
  readonly thing: Thing;
  readonly latency: Latency;
};

/** Holders take turns, so that what else the machine does hits all alike. */
async function measure(
  things: readonly Thing[],
  holders: readonly Holder[],
  { viewers, rounds }: Asked,
): Promise<readonly Row[]> {
  const kind = things.join(' and ');
  say(`waiting for the ${kind}`);
  const crowds = new Map<Holder, ReadonlyMap<Thing, Crowd>>();
  for (const holder of holders) crowds.set(holder, await gather(holder, things, viewers));
  const found = new Map<string, Released[]>();
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const [holder, crowd] of crowds) {
      await holder.prepare();
      for (const [thing, released] of await release(holder, crowd, viewers)) {
        const key = `${holder.name} ${thing}`;
        if (round >= 0) found.set(key, [...(found.get(key) ?? []), released]);
      }
    }
  }
  for (const crowd of crowds.values()) for (const each of crowd.values()) each.close();
  return things.flatMap((thing) =>
    holders.map(({ name }) => {
      return { kind, holder: name, thing, latency: latencyOf(found.get(`${name} ${thing}`) ?? []) };
    }),
  );
}

async function gather(
  { url }: Holder,
  things: readonly Thing[],
  viewers: number,
): Promise<ReadonlyMap<Thing, Crowd>> {
  const crowds = things.map(async (thing) => [thing, await Crowd.connect(url, viewers)] as const);
  return new Map(await Promise.all(crowds));
}

const HEAD = [
  ['waiting for', 'first byte of', 'p50', 'p99', 'last byte'],
  ['', '', 'ms', 'ms', 'ms'],
];

const NOTE =
  'From the announcement: when half and when 99 of 100 viewers had the first byte, and when all had the last. ' +
  'Medians of all releases, with the smallest and the largest.';

const cells = ({ kind, holder, thing, latency: { p50, p99, whole } }: Row): readonly string[] => [
  kind,
  `${thing}, ${holder}`,
  ...[p50, p99, whole].map((summary) => spread(summary, (value) => value.toFixed(1))),
];
