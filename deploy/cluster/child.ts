import { type ChildProcess, spawn } from 'node:child_process';
import { leashed } from '../../runtime/lifecycle.ts';
import { type Exit, exitOf, readLines, stopChild } from '../../runtime/process.ts';
import type { Part } from './part.ts';

/** A process of the cluster that runs. */
export type Child = {
  readonly exited: Promise<Exit>;
  /** Asks it to end, and ends it hard when it has not after `graceMs`. */
  readonly stop: (graceMs: number) => Promise<Exit>;
};

/**
 * Starts a part in a process group of its own, so that a terminal's Ctrl-C reaches the supervisor alone, and
 * on the leash: its standard input stays open for as long as this process lives.
 */
export function launch(part: Part, onLine: (line: string) => void): Child {
  const child = spawn(part.command, [...part.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...part.env, ...leashed },
  });
  child.stdin.on('error', () => {});
  child.once('exit', () => endGroup(child));
  readLines(child.stdout, onLine);
  readLines(child.stderr, onLine);
  const exited = Promise.race([exitOf(child), spawnFailure(child, onLine)]);
  return { exited, stop: (graceMs) => stopChild(child, exited, graceMs) };
}

/** Whatever it started and left behind goes with it. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {}
}

function spawnFailure(child: ChildProcess, onLine: (line: string) => void): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      onLine(error.message);
      resolve({ kind: 'status', status: 127 });
    });
  });
}
