import { availableParallelism } from 'node:os';
import { find } from '../../runtime/process.ts';

/** A core that a process is kept on, or null where it may run on each. */
export type Core = number | null;

/** One core for the server and another for those who ask, where there are two and a `taskset`. */
export function cores(): { readonly server: Core; readonly load: Core } {
  const canPin = find('taskset') !== null && availableParallelism() > 1;
  return canPin ? { server: 0, load: 1 } : { server: null, load: null };
}

/** The command that starts a program on a core. */
export const pinned = (core: Core, command: string, args: readonly string[]): [string, readonly string[]] =>
  core === null ? [command, args] : ['taskset', ['-c', String(core), command, ...args]];
