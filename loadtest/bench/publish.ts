import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Values } from '../../runtime/config.ts';
import { remove } from '../../runtime/files.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import type { Context } from '../../runtime/node.ts';
import { Ladder } from '../../wire/channel.ts';
import { makeClip } from './channel.ts';
import { align } from './columns.ts';
import { machine, say } from './machine.ts';
import { startNginxRtmp } from './nginx-rtmp.ts';
import { percentile } from './percentile.ts';
import { type Contender, DOORS, measure, type Published, publishTo } from './publishers.ts';
import { saveResults } from './results.ts';

const Count = z.coerce.number().int().min(1).max(1_000);

export const publishBenchSettings = {
  doors: {
    env: 'HEADWATER_BENCH_DOORS',
    schema: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(DOORS)).min(1)),
    fallback: DOORS.join(','),
    help: `through which doors, one after another: some of ${DOORS.join(', ')}, with commas between`,
  },
  publishers: {
    env: 'HEADWATER_BENCH_PUBLISHERS',
    schema: Count,
    fallback: '20',
    help: 'how many publish at once',
  },
  seconds: {
    env: 'HEADWATER_BENCH_SECONDS',
    schema: z.coerce.number().int().min(10).max(3_600),
    fallback: '30',
    help: 'how long all of them are looked at, seconds',
  },
  bitsPerSecond: {
    env: 'HEADWATER_BENCH_BITS_PER_SECOND',
    schema: z.coerce.number().int().min(100_000).max(14_000_000),
    fallback: '2000000',
    help: 'bit rate of each, bits a second',
  },
  ladder: {
    env: 'HEADWATER_BENCH_LADDER',
    schema: Ladder,
    fallback: 'passthrough',
    help: `what is made of each: ${Ladder.options.join(', ')}; encoding takes cores`,
  },
} as const;

type Asked = Values<typeof publishBenchSettings>;

/**
 * Publishers through each door, packaged as they come or encoded: how soon each can be played at an edge, what a
 * channel costs, and whether anything of it is missing at the edge. Prints a table and keeps the figures.
 */
export async function benchPublish(asked: Asked, context: Context): Promise<void> {
  const { log, lifecycle } = context;
  const folder = await mkdtemp(join(tmpdir(), 'headwater-bench-'));
  lifecycle.defer('clip', () => remove(folder));
  const clip = await makeClip(folder, asked.bitsPerSecond, 'with-sound');
  const { publishers, seconds, bitsPerSecond, ladder } = asked;
  const each = `${bitsPerSecond / 1e6} Mb/s, ${ladder}`;
  const conditions = `${machine()}; ${publishers} publishers of ${each}, ${seconds} s`;
  say(`${conditions}\n`);
  const rows: Published[] = [];
  for (const door of asked.doors) {
    const own = new Lifecycle(log);
    lifecycle.defer(door, () => own.close());
    rows.push(await publishTo({ door, publishers, seconds, ladder, clip }, { log, lifecycle: own }));
    await own.close();
  }
  const isComparable = ladder === 'passthrough' && asked.doors.includes('rtmp');
  const peer = isComparable ? await startPeer(folder, clip, context) : null;
  if (peer !== null) rows.push(await measure(peer, asked));
  const after = machine();
  say(`${align([...HEAD, ...rows.map(cells)])}\n${NOTE}\nAt the end: ${after}.`);
  say(`Kept in ${await saveResults('publish', { conditions, after, ...asked, rows })}`);
}

/** nginx with its RTMP module, which packages HLS too; null where there is none. */
async function startPeer(folder: string, clip: string, { lifecycle }: Context): Promise<Contender | null> {
  const peer = await startNginxRtmp(folder, clip, lifecycle);
  if (peer === null)
    say('No peer beside it: nginx has no RTMP module (`apt-get install nginx-light libnginx-mod-rtmp`).\n');
  return peer;
}

const HEAD = [
  ['', 'playable', '', 'origin', 'its ffmpeg', 'memory', '', 'at the edge', ''],
  ['', 'p50 s', 'max s', '% of a core', 'each', 'MB', 'MB each', 'missing s', 'breaks'],
];

const NOTE =
  'Playable: from the start of the sender to the first answer of the edge with a playlist, with the start of ffmpeg in ' +
  'it. Each: for a channel. Missing: of the media of a channel, the worst. Breaks: discontinuities and numbers left out, ' +
  'of all channels.';

const cells = ({ door, ...of }: Published): readonly string[] => [
  door,
  percentile(of.playableSeconds, 0.5).toFixed(2),
  Math.max(...of.playableSeconds).toFixed(2),
  (of.originCpu / of.playableSeconds.length).toFixed(2),
  (of.childrenCpu / of.playableSeconds.length).toFixed(2),
  (of.originBytes / 1e6).toFixed(0),
  ((of.childrenBytes + of.originBytes - of.idleBytes) / of.playableSeconds.length / 1e6).toFixed(1),
  of.missingSeconds.toFixed(2),
  String(of.breaks),
];
