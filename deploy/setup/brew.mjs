import { find } from './path.mjs';
import { runAloud } from './shell.mjs';

/**
 * Installs with Homebrew where there is one; null elsewhere.
 * @returns {import('./programs.mjs').Installer | null}
 */
export function brewInstaller() {
  if (!find('brew')) return null;
  return { install: (programs) => runAloud(['brew', ...argsFor(programs)]), byHand };
}

/** @param {readonly string[]} programs */
const byHand = (programs) => ['brew', ...argsFor(programs)].join(' ');

/**
 * Browsers are casks.
 * @param {readonly string[]} programs
 */
const argsFor = (programs) =>
  programs.includes('chromium') ? ['install', '--cask', ...programs] : ['install', ...programs];
