import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Stop, say } from './say.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} Package */
/** @typedef {Readonly<Record<string, Package>>} Packages */

/**
 * `npm ci` refuses a package-lock.json that leaves out a package of some other kind of machine, and empties
 * node_modules under a program that runs. This leaves package-lock.json as it is and keeps to it all the same.
 */
const OPTIONS = [
  '--no-save',
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

/**
 * Installs what package-lock.json names, when node_modules holds something else.
 * @param {string} root
 */
export function addPackages(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  if (!wanted)
    throw new Stop(
      'package-lock.json is missing or damaged: get it back with `git checkout package-lock.json`',
    );
  // npm writes this file last, so an installation that was cut short has none.
  const installed = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (installed && matches(wanted, installed)) return;
  const { command, args } = npm(process.env);
  const install = [...args, 'install', ...OPTIONS];
  say('installing npm packages: npm install --no-save');
  const { status } = spawnSync(command, install, { cwd: root, stdio: ['ignore', 2, 2] });
  if (status !== 0) {
    throw new Stop('the npm packages could not be installed: start again when `npm install` succeeds');
  }
}

/**
 * True when the installed packages are the wanted ones; optional ones may be left out or
 * added, as npm does with those for other machines.
 * @param {Packages} wanted
 * @param {Packages} installed
 */
export function matches(wanted, installed) {
  const complete = Object.entries(wanted).every(
    ([path, entry]) => path === '' || isIn(installed, path, entry),
  );
  return complete && Object.keys(installed).every((path) => path in wanted || installed[path]?.optional);
}

/** @type {(installed: Packages, path: string, entry: Package) => boolean} */
function isIn(installed, path, entry) {
  const found = installed[path];
  if (!found) return entry.optional === true;
  return found.version === entry.version && found.integrity === entry.integrity;
}

/** @type {(path: string) => Packages | null} */
function packagesIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/**
 * The npm that started us, or else the one on the PATH.
 * @param {Readonly<Record<string, string | undefined>>} env
 */
function npm(env) {
  const started = env.npm_execpath;
  const usable = started !== undefined && basename(started) === 'npm-cli.js';
  return usable ? { command: process.execPath, args: [started] } : { command: 'npm', args: [] };
}
