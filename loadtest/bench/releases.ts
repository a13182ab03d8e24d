import { Failure } from '../../runtime/failure.ts';
import type { Arrival } from './answer-reader.ts';
import type { Crowd } from './crowd.ts';
import { percentile } from './percentile.ts';
import { type Summary, summarize } from './summary.ts';

/** What is waited for. */
export type Thing = 'playlist' | 'chunk';

/** A server at which viewers wait. */
export type Holder = {
  readonly name: string;
  readonly url: string;
  /** Where a thing that comes next is asked for. */
  readonly pathOf: (thing: Thing) => string;
  /** Called before each release. */
  readonly prepare: () => Promise<unknown>;
  /** Lets all go; gives when, on the clock of `performance`. */
  readonly release: () => Promise<number>;
};

/** Of one release, milliseconds from its announcement. */
export type Released = { readonly p50: number; readonly p99: number; readonly whole: number };

/** The first byte came to half of the viewers and to 99 of 100, and the last byte to all. */
export type Latency = { readonly [K in keyof Released]: Summary };

const LOOK_AGAIN_MS = 10;
const LOOKS_MAX = 1_000;

/** One release: each crowd asks for its thing, and when all wait they are let go. */
export async function release(
  holder: Holder,
  crowds: ReadonlyMap<Thing, Crowd>,
  viewers: number,
): Promise<ReadonlyMap<Thing, Released>> {
  const answers = [...crowds].map(async ([thing, crowd]) => {
    return [thing, await crowd.ask(holder.pathOf(thing))] as const;
  });
  const all = Promise.all(answers);
  await Promise.race([all, waiting(holder, viewers * crowds.size)]);
  const atMs = await holder.release();
  return new Map((await all).map(([thing, arrivals]) => [thing, releasedOf(arrivals, atMs)]));
}

/** Resolves when so many requests are held. */
async function waiting({ name, url }: Holder, count: number): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look++) {
    const figures = await (await fetch(`${url}/metrics`)).text();
    if (Number(/^headwater_edge_waiting_requests (\d+)$/m.exec(figures)?.[1]) === count) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
  throw new Failure('child-failed', `${name} does not hold ${count} requests`, 'Start it by hand to see why');
}

function releasedOf(arrivals: readonly Arrival[], atMs: number): Released {
  const firsts = arrivals.map(({ firstMs }) => firstMs - atMs);
  const lasts = arrivals.map(({ lastMs }) => lastMs - atMs);
  return { p50: percentile(firsts, 0.5), p99: percentile(firsts, 0.99), whole: percentile(lasts, 1) };
}

export const latencyOf = (releases: readonly Released[]): Latency => ({
  p50: summarize(releases.map(({ p50 }) => p50)),
  p99: summarize(releases.map(({ p99 }) => p99)),
  whole: summarize(releases.map(({ whole }) => whole)),
});
