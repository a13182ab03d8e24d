import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBus } from '../../runtime/bus.ts';
import { remove } from '../../runtime/files.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Context } from '../../runtime/node.ts';
import { Announcements } from './announcements.ts';
import { CHANNEL, startChannel } from './channel.ts';
import { Follower } from './follower.ts';
import { startNats, startNode } from './nodes.ts';
import { percentile } from './percentile.ts';
import { type Running, type Usage, usageOf } from './usage.ts';

export type Way = 'push' | 'pull';

export type Plan = {
  readonly way: Way;
  readonly edges: number;
  readonly seconds: number;
  readonly clip: string;
};

/** What came of a cluster with a viewer at each edge; CPU in hundredths of a core. */
export type Outcome = {
  readonly egressBitsPerSecond: number;
  readonly requestsPerChunk: number;
  readonly originCpu: number;
  readonly natsCpu: number;
  readonly edgesCpu: number;
  /** From announcement to last byte at a viewer, milliseconds. */
  readonly p50: number;
  readonly p99: number;
};

/** Chunks that each viewer takes before it counts. */
const WARM_UP_CHUNKS = 4;

/** A window starts, and so ends, between two chunks: each is counted with all that was asked for its sake. */
const BETWEEN_SECONDS = 0.2;

/** Starts a cluster of real processes, lets a viewer watch at each edge, measures, and ends all of it. */
export async function tryOut(plan: Plan, { log, lifecycle }: Context): Promise<Outcome> {
  const own = new Lifecycle(log);
  lifecycle.defer('trial', () => own.close());
  try {
    return await measure(plan, { log, lifecycle: own });
  } finally {
    await own.close();
  }
}

async function measure(plan: Plan, context: Context): Promise<Outcome> {
  const { running, announcements } = await startAll(plan, context);
  const followers = await Promise.all(running.edges.map(({ url }) => Follower.connect(url, announcements)));
  const watching = Promise.all(followers.map((follower) => follower.watch()));
  await Promise.race([watching, warm(followers, announcements)]);
  await passed(BETWEEN_SECONDS);
  const [before, countBefore] = [await usageOf(running), announcements.count];
  for (const { latencies } of followers) latencies.length = 0;
  await Promise.race([watching, passed(plan.seconds)]);
  const [after, chunks] = [await usageOf(running), announcements.count - countBefore];
  for (const follower of followers) follower.close();
  await watching;
  return outcomeOf(
    before,
    after,
    chunks,
    followers.flatMap(({ latencies }) => latencies),
  );
}

async function startAll({ way, edges, clip }: Plan, { log, lifecycle }: Context) {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('files', () => remove(folder));
  const around = { folder, core: null, lifecycle, log };
  const nats = await startNats(around);
  const bus = await openBus({ natsUrl: nats.natsUrl, natsReplicas: 1, name: 'bench', log });
  lifecycle.defer('NATS', bus.close);
  const announcements = new Announcements(bus, CHANNEL);
  const env = { HEADWATER_NATS_URL: nats.natsUrl, HEADWATER_LOG_LEVEL: 'warn' };
  const origin = await startChannel(around, clip, { ...env, HEADWATER_ORIGIN_CHUNKS: way });
  const edgeEnv = { ...env, HEADWATER_EDGE_ORIGIN_URL: origin.url };
  const started = Array.from({ length: edges }, () => startNode('edge', around, edgeEnv, null));
  const running: Running = { nats, origin, edges: await Promise.all(started) };
  return { running, announcements };
}

/** Resolves when each viewer has had some chunks. */
async function warm(followers: readonly Follower[], announcements: Announcements): Promise<void> {
  let path = await announcements.first;
  while (followers.some(({ latencies }) => latencies.length < WARM_UP_CHUNKS)) {
    path = (await announcements.of(path)).next;
  }
}

const passed = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

function outcomeOf(before: Usage, after: Usage, chunks: number, latencies: readonly number[]): Outcome {
  const seconds = (after.atMs - before.atMs) / 1_000;
  const bytes = after.natsBytes - before.natsBytes + after.httpBytes - before.httpBytes;
  const share = (name: 'originCpu' | 'natsCpu' | 'edgesCpu') =>
    (100 * (after[name] - before[name])) / seconds;
  return {
    egressBitsPerSecond: (bytes * 8) / seconds,
    requestsPerChunk: (after.httpRequests - before.httpRequests) / chunks,
    originCpu: share('originCpu'),
    natsCpu: share('natsCpu'),
    edgesCpu: share('edgesCpu'),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}
