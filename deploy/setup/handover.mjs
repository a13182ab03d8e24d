import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { say } from './say.mjs';

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
const NPM_WATCH_MS = 500;

/**
 * Is told the program's pid, waits for the end of this process, however it comes, and then ends the program:
 * on a pipe, because a process that is killed with -9 can tell no one. It is no descendant of a terminal's foreground group, so
 * that Ctrl-C leaves it alone.
 */
const GUARD = `
read -r program || exit 0
read -r _
kill -TERM "$program" || exit 0
for _ in 1 2 3 4 5 6 7 8; do sleep 1; kill -0 "$program" || exit 0; done
kill -KILL "$program"`;

/**
 * Runs Bun in our place: same terminal, same signals, same exit status.
 * @param {string} bun
 * @param {readonly string[]} args
 */
export function handOver(bun, args) {
  // Guard and signals come before the child: Bun starts sooner than this function ends.
  const guard = startGuard();
  /** @type {import('node:child_process').ChildProcess | null} */
  let child = null;
  for (const signal of FORWARDED) process.on(signal, () => child?.kill(signal));
  child = spawn(bun, args, { stdio: 'inherit' });
  child.once('error', (error) => {
    say(`${bun} could not be started (${error.message})`);
    process.exitCode = 1;
  });
  if (child.pid === undefined) return;
  guard.stdin.write(`${child.pid}\n`);
  endWithNpm(child);
  child.once('exit', (status, signal) => {
    guard.kill('SIGKILL');
    process.exit(signal ? 128 + constants.signals[signal] : (status ?? 1));
  });
}

function startGuard() {
  const guard = spawn('/bin/sh', ['-c', GUARD, 'headwater-guard'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.once('error', () => {});
  guard.stdin.on('error', () => {});
  return guard;
}

/**
 * npm passes signals on, but one killed with -9 leaves us to another parent.
 * @param {import('node:child_process').ChildProcess} child
 */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, NPM_WATCH_MS);
}
