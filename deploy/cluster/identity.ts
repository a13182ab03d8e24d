import { readFile } from 'node:fs/promises';
import { run } from '../../runtime/process.ts';

/**
 * What tells a process from a later one with the same pid: when it started. Null when there is none.
 * On Linux the kernel says so in ticks since this boot (proc_pid_stat(5), field 22); elsewhere ps knows.
 */
export async function identityOf(pid: number): Promise<string | null> {
  if (!exists(pid)) return null;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function fromProc(pid: number): Promise<string | null> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, field 2, stands in parentheses and may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : `${boot.trim()} ${fields[19]}`;
  } catch {
    return null;
  }
}

async function fromPs(pid: number): Promise<string | null> {
  const { output } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return output.toString('utf8').trim() || null;
}
