import { cpus } from 'node:os';
import { cpuSeconds } from '../../loadtest/bench/cpu.ts';
import { type Figure, told } from './figures.ts';

/** Notes how busy the machine and the origin are; gives their figures from then on. */
export async function watchLoad(originPid: number): Promise<() => Promise<readonly Figure[]>> {
  const [before, usedBefore, fromMs] = [times(), await cpuSeconds(originPid), Date.now()];
  return async () => {
    const [after, used] = [times(), await cpuSeconds(originPid)];
    const idle = (after.idle - before.idle) / (after.all - before.all);
    const origin = (used - usedBefore) / ((Date.now() - fromMs) / 1000);
    return [
      { what: 'machine: idle', value: idle * 100, unit: '%', asked: told },
      { what: 'origin without ffmpeg: of one core', value: origin * 100, unit: '%', asked: told },
    ];
  };
}

/** Milliseconds of all cores together. */
function times(): { idle: number; all: number } {
  const each = cpus().map((cpu) => cpu.times);
  const idle = each.reduce((sum, one) => sum + one.idle, 0);
  const all = each.reduce((sum, one) => sum + Object.values(one).reduce((a, b) => a + b, 0), 0);
  return { idle, all };
}
