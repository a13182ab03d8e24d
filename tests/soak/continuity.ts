import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { start } from '../../runtime/process.ts';
import { type Packet, readPackets } from '../media.ts';
import { atLeast, atMost, type Figure } from './figures.ts';
import { BROKEN, type Result, type Run } from './run.ts';

/** ffmpeg starts three segments behind live, and is through so much earlier; after so much more it hangs. */
const GRACE_SECONDS = 60;

/** A part of the programme is missing for no longer than this when its source was lost. */
const LOSS_MAX_SECONDS = 10;

/** Packets that meet by less than this meet: the clock of HLS has 90,000 ticks a second, those of tracks have fewer. */
const EXACT_SECONDS = 0.001;

/** What ffmpeg reads of the channel behind the redirect of the coordinator, without decoding it. */
export async function readOn({ coordinatorUrl, seconds }: Run): Promise<Result> {
  const errors: string[] = [];
  const url = `${coordinatorUrl}/play/${BROKEN}.m3u8`;
  const maps = ['-map', '0:v:0', '-map', '0:a:0', '-t', String(seconds)];
  const output = ['-c', 'copy', '-f', 'framecrc', 'pipe:1'];
  const child = await start({
    command: 'ffmpeg',
    args: ['-hide_banner', '-nostdin', '-v', 'error', '-i', url, ...maps, ...output],
    onErrorLine: (line) => errors.push(line),
  });
  const timer = setTimeout(() => void child.stop(), (seconds + GRACE_SECONDS) * 1000);
  const lines: string[] = [];
  for await (const line of createInterface({ input: Readable.from(child.output) })) lines.push(line);
  clearTimeout(timer);
  await child.exited;
  const steps = stepsOf(readPackets(lines));
  return { figures: figuresOf(lines, seconds), details: { steps, errors } };
}

function figuresOf(lines: readonly string[], seconds: number): readonly Figure[] {
  const packets = readPackets(lines);
  const ends = packets.map(({ dts, duration }) => dts + duration);
  return [
    { what: 'ffmpeg: seconds read', value: Math.max(0, ...ends), unit: 's', asked: atLeast(seconds - 1) },
    {
      what: 'ffmpeg: packets',
      value: packets.length,
      unit: '',
      asked: atLeast(60 * (seconds - LOSS_MAX_SECONDS)),
    },
    {
      what: 'ffmpeg: gaps and repetitions but for the loss',
      value: unexplained(stepsOf(packets)).length,
      unit: '',
      asked: atMost(0),
    },
  ];
}

/** A place where a packet does not start where the one before it in its stream ends; forward is positive. */
export type Step = { readonly stream: number; readonly atSeconds: number; readonly bySeconds: number };

export function stepsOf(packets: readonly Packet[]): readonly Step[] {
  const ends = new Map<number, number>();
  return packets.flatMap(({ stream, dts, duration }) => {
    const end = ends.get(stream) ?? dts;
    ends.set(stream, dts + duration);
    return Math.abs(dts - end) < EXACT_SECONDS ? [] : [{ stream, atSeconds: end, bySeconds: dts - end }];
  });
}

/** All but one gap in each stream, which the loss of the source may leave. */
export function unexplained(steps: readonly Step[]): readonly Step[] {
  const explained = new Set<number>();
  return steps.filter(({ stream, bySeconds }) => {
    const isLoss = bySeconds > 0 && bySeconds < LOSS_MAX_SECONDS && !explained.has(stream);
    if (isLoss) explained.add(stream);
    return !isLoss;
  });
}
