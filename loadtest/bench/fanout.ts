import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Values } from '../../runtime/config.ts';
import { Failure } from '../../runtime/failure.ts';
import { remove } from '../../runtime/files.ts';
import type { Context } from '../../runtime/node.ts';
import { find, run } from '../../runtime/process.ts';
import { makeClip } from './channel.ts';
import { align, spread } from './columns.ts';
import { Companion } from './companion.ts';
import { cpuSeconds } from './cpu.ts';
import { machine, say } from './machine.ts';
import { cores } from './pin.ts';
import { saveResults } from './results.ts';
import { type Summary, summarize } from './summary.ts';

const Count = z.coerce.number().int().min(1).max(1_000);

export const fanoutBenchSettings = {
  receivers: {
    env: 'HEADWATER_BENCH_RECEIVERS',
    schema: Count,
    fallback: '200',
    help: 'UDP ports that each packet goes to',
  },
  rounds: {
    env: 'HEADWATER_BENCH_ROUNDS',
    schema: Count,
    fallback: '60',
    help: 'rounds of each sender',
  },
  roundMs: {
    env: 'HEADWATER_BENCH_ROUND_MS',
    schema: z.coerce.number().int().min(100).max(60_000),
    fallback: '500',
    help: 'length of a round, milliseconds: the shorter, the more alike are two that stand beside each other',
  },
  players: {
    env: 'HEADWATER_BENCH_PLAYERS',
    schema: Count,
    fallback: '500',
    help: 'UDP ports of the second part, which get the stream as fast as it is shown',
  },
  pacedSeconds: {
    env: 'HEADWATER_BENCH_PACED_SECONDS',
    schema: Count,
    fallback: '30',
    help: 'length of the second part, seconds',
  },
  bitsPerSecond: {
    env: 'HEADWATER_BENCH_BITS_PER_SECOND',
    schema: z.coerce.number().int().min(100_000).max(14_000_000),
    fallback: '2000000',
    help: 'bit rate of the stream, bits a second',
  },
} as const;

type Asked = Values<typeof fanoutBenchSettings>;

/** Of one contender in one round. */
type Round = { readonly perCpuSecond: number; readonly perSecond: number };

type Paced = {
  readonly sent: number;
  readonly dropped: number;
  readonly missing: number;
  readonly cpuShare: number;
};

/**
 * Packets of a live track to many UDP ports, as an origin sends them, beside a loop around `sendmmsg` in C that sends
 * the same packets to the same ports; then the same stream to more of them as fast as it is shown, and what of it does
 * not arrive. Prints tables and keeps the figures.
 */
export async function benchFanout(asked: Asked, { lifecycle }: Context): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('files', () => remove(folder));
  const bench = new FanoutBench(folder, asked, (name, close) => lifecycle.defer(name, close));
  const { receivers, rounds, roundMs, bitsPerSecond } = asked;
  const conditions = `${machine()}; H.264 of ${bitsPerSecond / 1e6} Mb/s, ${receivers} receivers, ${rounds} rounds of ${roundMs} ms`;
  say(`${conditions}\n`);
  const file = await bench.fragmentedClip();
  const { ours, peer } = await bench.race(file);
  say(`${align([HEAD, cells('origin', ours), ...(peer === null ? [] : [cells('C sendmmsg', peer)])])}`);
  const ratio = peer === null ? null : ratioOf(ours, peer);
  say(`Packets per CPU-second, origin ÷ C: ${spread(ratio, (value) => value.toFixed(3))}\n${NOTE}\n`);
  const paced = await bench.pace(file);
  say(wordsOf(paced, asked));
  const after = machine();
  say(`At the end: ${after}.`);
  say(`Kept in ${await saveResults('fanout', { conditions, after, ...asked, ours, peer, ratio, paced })}`);
}

const HEAD = ['', 'packets/CPU-s', 'packets/s'];

const NOTE = 'Medians of all rounds, with the smallest and the largest. The target is 0.85 or more.';

const cells = (name: string, rounds: readonly Round[]): readonly string[] => [
  name,
  ...(['perCpuSecond', 'perSecond'] as const).map((of) =>
    spread(summarize(rounds.map((round) => round[of])), (value) => Math.round(value).toLocaleString('en')),
  ),
];

/** Of rounds that stood beside each other. */
const ratioOf = (ours: readonly Round[], peer: readonly Round[]): Summary =>
  summarize(ours.map(({ perCpuSecond }, round) => perCpuSecond / (peer[round]?.perCpuSecond ?? Number.NaN)));

const wordsOf = ({ sent, dropped, missing, cpuShare }: Paced, { players, pacedSeconds }: Asked) =>
  `${players} receivers for ${pacedSeconds} s: ${sent.toLocaleString('en')} packets sent on ${cpuShare.toFixed(0)} % of a core, ` +
  `${dropped} dropped by the origin, ${missing} missing at the receivers`;

class FanoutBench {
  readonly #folder: string;
  readonly #asked: Asked;
  readonly #defer: (name: string, close: () => unknown) => void;
  readonly #cores = cores();

  constructor(folder: string, asked: Asked, defer: (name: string, close: () => unknown) => void) {
    this.#folder = folder;
    this.#asked = asked;
    this.#defer = defer;
  }

  /** With a fragment for each picture, as the origin gets it from ffmpeg. */
  async fragmentedClip(): Promise<string> {
    const clip = await makeClip(this.#folder, this.#asked.bitsPerSecond);
    const file = join(this.#folder, 'fragmented.mp4');
    const fragmented = ['-movflags', '+empty_moov+default_base_moof', '-frag_duration', '1'];
    await succeed('ffmpeg', ['-v', 'error', '-i', clip, '-c', 'copy', ...fragmented, file]);
    return file;
  }

  /** The two take turns, so that what else the machine does hits both alike. */
  async race(
    file: string,
  ): Promise<{ readonly ours: readonly Round[]; readonly peer: readonly Round[] | null }> {
    const { receivers, rounds, roundMs } = this.#asked;
    const seconds = roundMs / 1_000;
    const { counter, ports } = await this.#count(receivers);
    const packets = join(this.#folder, 'packets');
    const origin = await this.#origin(file, ports, packets);
    await origin.ask('full 1');
    const loop = await this.#loop(packets, ports);
    const [ours, peer]: [Round[], Round[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      ours.push(await measure(origin, seconds));
      if (loop !== null) peer.push(await measure(loop, seconds));
    }
    for (const companion of [origin, loop, counter]) await companion?.stop();
    return { ours, peer: loop === null ? null : peer };
  }

  async pace(file: string): Promise<Paced> {
    const { players, pacedSeconds } = this.#asked;
    const { counter, ports } = await this.#count(players);
    const origin = await this.#origin(file, ports, join(this.#folder, 'packets'));
    const before = await cpuSeconds(origin.pid);
    const [sent = 0, dropped = 0] = await origin.ask(`paced ${pacedSeconds}`);
    const cpuShare = (100 * ((await cpuSeconds(origin.pid)) - before)) / pacedSeconds;
    const arrived = await settled(counter);
    await Promise.all([origin.stop(), counter.stop()]);
    return { sent, dropped, missing: sent - arrived, cpuShare };
  }

  async #count(ports: number): Promise<{ readonly counter: Companion; readonly ports: string }> {
    const counter = await this.#start(this.#cores.load, process.execPath, [
      scriptOf('count-datagrams.ts'),
      String(ports),
    ]);
    return { counter, ports: await counter.line() };
  }

  /** As a process of its own, as it would be. */
  #origin(file: string, ports: string, packets: string): Promise<Companion> {
    const script = scriptOf('../../origin/rtp/udp/fan-out.ts');
    return this.#start(this.#cores.server, process.execPath, [script, file, ports, packets]);
  }

  /** Null where there is no compiler. */
  async #loop(packets: string, ports: string): Promise<Companion | null> {
    if (find('cc') === null) {
      say('The origin stands alone: `cc` is not on the PATH (`apt-get install gcc`).');
      return null;
    }
    const program = join(this.#folder, 'send-datagrams');
    await succeed('cc', ['-O2', '-o', program, scriptOf('send-datagrams.c')]);
    return this.#start(this.#cores.server, program, [packets, ports]);
  }

  async #start(core: number | null, command: string, args: readonly string[]): Promise<Companion> {
    const companion = await Companion.start(core, command, args);
    this.#defer(command, companion.stop);
    return companion;
  }
}

/** What was sent last may still lie in the receivers' buffers: counted until a moment brings no more. */
async function settled(counter: Companion): Promise<number> {
  for (let before = -1; ; ) {
    const [arrived = 0] = await counter.ask('count');
    if (arrived === before) return arrived;
    before = arrived;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  }
}

const SETTLE_MS = 500;

async function measure(sender: Companion, seconds: number): Promise<Round> {
  const before = await cpuSeconds(sender.pid);
  const [sent = 0] = await sender.ask(`full ${seconds}`);
  return { perCpuSecond: sent / ((await cpuSeconds(sender.pid)) - before), perSecond: sent / seconds };
}

async function succeed(command: string, args: readonly string[]): Promise<void> {
  const { exit, errors } = await run(command, args);
  if (exit.kind === 'status' && exit.status === 0) return;
  throw new Failure('child-failed', `${command} failed: ${errors.join('; ')}`, 'Run it by hand to see why');
}

const scriptOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
