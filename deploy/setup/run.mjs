import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBun } from './bun.mjs';
import { handOver } from './handover.mjs';
import { addPackages } from './packages.mjs';
import { withSystemFolders } from './path.mjs';
import { addPrograms } from './programs.mjs';
import { programsFor, read } from './request.mjs';
import { Stop, say } from './say.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * Makes this machine ready for a script, then runs the script with Bun until it ends.
 * @param {readonly string[]} args
 */
export function run(args) {
  try {
    const request = read(args);
    process.chdir(root);
    process.env.PATH = withSystemFolders(process.env.PATH ?? '');
    addPackages(root);
    addPrograms(programsFor(request, process.env));
    handOver(findBun(root), [request.script, ...request.args]);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
