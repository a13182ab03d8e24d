import { readSettings } from './settings.ts';
import { superviseUntilStopped } from './supervisor.ts';
import { Terminal } from './terminal.ts';

const terminal = new Terminal(process.stdout);
const values = readSettings(process.argv.slice(2), process.env, terminal);
process.exit(await superviseUntilStopped(values, terminal));
