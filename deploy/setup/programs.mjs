import { aptInstaller } from './apt.mjs';
import { brewInstaller } from './brew.mjs';
import { find, isRunnable } from './path.mjs';
import { Stop, say } from './say.mjs';

/**
 * A way to install programs on this machine.
 * @typedef {object} Installer
 * @property {(programs: readonly string[]) => boolean} install says what it runs; false when that failed
 * @property {(programs: readonly string[]) => string} byHand what a user can type for the same
 */

/** The names that a program goes by, where it has several. */
const NAMES = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
});

const MAC_CHROMES = ['Google Chrome', 'Chromium'].map((name) => `/Applications/${name}.app`);

/** Tests that need one of these are skipped without it; nothing else runs without the others. */
const OPTIONAL = ['chromium'];

/**
 * Installs those of the programs that are missing.
 * @param {readonly string[]} programs
 */
export function addPrograms(programs) {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return;
  const installer = aptInstaller() ?? brewInstaller() ?? null;
  addNeeded(
    installer,
    missing.filter((program) => !OPTIONAL.includes(program)),
  );
  addOptional(
    installer,
    missing.filter((program) => OPTIONAL.includes(program)),
  );
}

/** @type {(installer: Installer | null, programs: readonly string[]) => void} */
function addNeeded(installer, programs) {
  if (programs.length === 0) return;
  installer?.install(programs);
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length === 0) return;
  throw new Stop(
    `${missing.join(' and ')} must be on the PATH: ${remedy(installer, missing)}, then start again`,
  );
}

/** @type {(installer: Installer | null, programs: readonly string[]) => void} */
function addOptional(installer, programs) {
  for (const program of programs) {
    if (installer?.install([program]) && isThere(program)) continue;
    say(`tests that need ${program} are skipped: ${remedy(installer, [program])} to have them run`);
  }
}

/** @type {(installer: Installer | null, programs: readonly string[]) => string} */
function remedy(installer, programs) {
  if (installer) return `type \`${installer.byHand(programs)}\``;
  const other = ['apk add', 'pacman -S', 'dnf install', 'zypper install'].find((command) =>
    find(command.split(' ')[0] ?? ''),
  );
  if (other) return `type \`${other} ${programs.join(' ')}\` as root`;
  return `install ${programs.join(' and ')} with this system's package manager`;
}

/** @param {string} program */
const isThere = (program) =>
  (NAMES[program] ?? [program]).some((name) => find(name) !== null) ||
  (program === 'chromium' && MAC_CHROMES.some(isRunnable));
