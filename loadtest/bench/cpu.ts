import { readFile } from 'node:fs/promises';
import { Failure } from '../../runtime/failure.ts';

/** Ticks a second of the times in /proc (proc(5), `_SC_CLK_TCK`): 100 on every architecture that Linux runs on today. */
const TICKS_PER_SECOND = 100;

/** Places of utime and stime behind the program's name, which may itself hold blanks and brackets. */
const UTIME = 11;
const STIME = 12;

/** CPU seconds that a process and all its threads have used, in user mode and in the kernel. */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat !== null) return parseStat(stat);
  throw new Failure(
    'child-failed',
    `the CPU time of process ${pid} can't be read: it has ended, or there is no /proc`,
    'Run this bench on Linux',
  );
}

/** Reads /proc/<pid>/stat. */
export function parseStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
}

/** The children of a process, oldest first. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.trim().split(' ').filter(Boolean).map(Number);
}
