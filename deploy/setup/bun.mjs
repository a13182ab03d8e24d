import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Stop } from './say.mjs';

/** Far above the 20 ms that a working Bun takes to print its version. */
const ANSWER_MS = 10_000;

/**
 * The Bun of node_modules that runs on this machine.
 * @param {string} root
 */
export function findBun(root) {
  const bun = candidates(join(root, 'node_modules')).find(runs);
  if (bun) return bun;
  throw new Stop(
    'npm installed no Bun that runs on this machine: type `node node_modules/bun/install.js`, then start again',
  );
}

/**
 * bun.exe is only a stub where npm is told to run no install scripts; the packages of each kind of machine
 * then still hold their program.
 * @param {string} modules
 */
function candidates(modules) {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const kind = `bun-${process.platform}-${arch}`;
  const kinds = namesIn(join(modules, '@oven')).filter((name) => name.startsWith(kind));
  const programs = kinds.sort().map((name) => join(modules, '@oven', name, 'bin', 'bun'));
  return [join(modules, 'bun', 'bin', 'bun.exe'), ...programs];
}

/** @type {(folder: string) => string[]} */
function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * A stub, the wrong C library and a processor without AVX2 all show only when the program is run.
 * @param {string} program
 */
function runs(program) {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: ANSWER_MS });
  return status === 0 && /^\d+\.\d+\.\d+/.test(stdout);
}
