import { cpuSeconds } from './cpu.ts';
import type { Generator, LoadOptions } from './load.ts';
import type { Server } from './server.ts';
import { type Summary, summarize } from './summary.ts';

/** What a server did in one round. */
export type Measured = { readonly perSecond: number; readonly perCpuSecond: number };

export type Contender = { readonly name: string; readonly server: Server };

/** Long enough for a compiler that works while the code runs. */
const WARM_UP_SECONDS = 2;

/** Loads each contender in turn, so that what else the machine does hits all alike. */
export async function interleave(
  contenders: readonly Contender[],
  path: string,
  rounds: number,
  generator: Generator,
  options: LoadOptions,
): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const measured = new Map<string, Measured[]>(contenders.map(({ name }) => [name, []]));
  for (const { server } of contenders) {
    await generator.run(server.url + path, { ...options, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { name, server } of contenders) {
      measured.get(name)?.push(await measure(server, path, generator, options));
    }
  }
  return measured;
}

async function measure(
  { pid, url }: Server,
  path: string,
  generator: Generator,
  options: LoadOptions,
): Promise<Measured> {
  const before = await cpuSeconds(pid);
  const { requests, seconds } = await generator.run(url + path, options);
  const used = (await cpuSeconds(pid)) - before;
  return { perSecond: requests / seconds, perCpuSecond: requests / used };
}

/** Of one contender over all rounds. */
export type Figures = { readonly perSecond: Summary; readonly perCpuSecond: Summary };

export const figuresOf = (rounds: readonly Measured[]): Figures => ({
  perSecond: summarize(rounds.map(({ perSecond }) => perSecond)),
  perCpuSecond: summarize(rounds.map(({ perCpuSecond }) => perCpuSecond)),
});

/** Requests per CPU second of one as a multiple of the other's, from rounds that stood beside each other. */
export const ratioOf = (one: readonly Measured[], other: readonly Measured[]): Summary =>
  summarize(one.map(({ perCpuSecond }, round) => perCpuSecond / (other[round]?.perCpuSecond ?? Number.NaN)));
