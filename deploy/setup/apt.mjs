import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { find } from './path.mjs';
import { runAloud } from './shell.mjs';

/** A new machine often updates itself when it starts, and holds dpkg's lock meanwhile. */
const LOCK_WAIT_SECONDS = 300;

/** The service that Debian's package of nats-server enables; it takes the port of our own. */
const SERVICE = 'nats-server.service';

/**
 * Installs with apt-get on Debian and Ubuntu, as root or through sudo; null on other systems.
 * @returns {import('./programs.mjs').Installer | null}
 */
export function aptInstaller() {
  if (!find('apt-get')) return null;
  return { install, byHand };
}

/** @param {readonly string[]} programs */
function install(programs) {
  const root = asRoot();
  if (!root) return false;
  const apt = /** @type {const} */ ([...root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get']);
  // One unreachable source fails the update as a whole, and what we need may come from another.
  runAloud([...apt, 'update']);
  const options = ['-y', '--no-install-recommends', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`];
  return withoutService(root, programs, () => runAloud([...apt, 'install', ...options, ...programs]));
}

/**
 * Keeps the package's service from starting, now and when the machine starts: as with any program that is
 * merely on the PATH, it is run by whom it is for. The mask is under /run, so even a power cut lifts it.
 * @type {(root: readonly string[], programs: readonly string[], work: () => boolean) => boolean}
 */
function withoutService(root, programs, work) {
  if (!programs.includes('nats-server') || !existsSync('/run/systemd/system')) return work();
  quietly([...root, 'systemctl', 'mask', '--runtime', SERVICE]);
  try {
    return work();
  } finally {
    quietly([...root, 'systemctl', 'unmask', '--runtime', SERVICE]);
    quietly([...root, 'systemctl', 'disable', SERVICE]);
  }
}

/** @param {readonly string[]} command */
const quietly = ([program = '', ...args]) => spawnSync(program, args, { stdio: 'ignore' });

/**
 * What to put before a command that needs root; null when there is no way. sudo asks for a password on a
 * terminal, and only there.
 */
function asRoot() {
  if (process.getuid?.() === 0) return [];
  if (!find('sudo')) return null;
  return process.stdin.isTTY ? ['sudo'] : ['sudo', '-n'];
}

/** @param {readonly string[]} programs */
function byHand(programs) {
  const command = `apt-get update && apt-get install -y --no-install-recommends ${programs.join(' ')}`;
  if (process.getuid?.() === 0) return command;
  return find('sudo') ? command.replaceAll('apt-get', 'sudo apt-get') : `su -c '${command}'`;
}
