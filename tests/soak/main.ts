import { read } from '../../runtime/config.ts';
import { explain } from '../../runtime/failure.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { quiet } from '../quiet.ts';
import { soakSettings } from './settings.ts';
import { soak } from './soak.ts';

const lifecycle = new Lifecycle(quiet);
lifecycle.endOnSignal();
try {
  const asked = read('soak', soakSettings, process.argv.slice(2), process.env);
  if (asked.kind === 'help') process.stdout.write(asked.text);
  else process.exitCode = (await soak(asked.values, lifecycle)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`headwater soak: ${explain(error)}\n`);
  process.exitCode = 1;
}
await lifecycle.close();
process.exit();
