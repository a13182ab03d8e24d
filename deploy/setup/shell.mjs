import { spawnSync } from 'node:child_process';
import { say } from './say.mjs';

/**
 * Says a command and runs it on this terminal. Its output goes to standard error: standard output belongs
 * to the script. Returns whether it succeeded.
 * @param {readonly string[]} command
 */
export function runAloud(command) {
  const [program = '', ...args] = command;
  say(`running: ${command.join(' ')}`);
  return spawnSync(program, args, { stdio: ['inherit', 2, 2] }).status === 0;
}
