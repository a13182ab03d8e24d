import { availableParallelism, loadavg, release, type } from 'node:os';
import { run } from '../../runtime/process.ts';
import type { Core } from './pin.ts';

/** What a bench ran on, and how busy that was. */
export function machine(): string {
  const [lastMinute = 0] = loadavg();
  return `${type()} ${release()}, ${availableParallelism()} cores, load ${lastMinute.toFixed(1)}`;
}

/** Keeps this process on a core. */
export async function pinSelf(core: Core): Promise<void> {
  if (core !== null) await run('taskset', ['-a', '-c', '-p', String(core), String(process.pid)]);
}

/** Says something to who runs a bench. */
export const say = (text: string) => process.stdout.write(`${text}\n`);
