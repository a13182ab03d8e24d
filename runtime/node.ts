import { type Environment, read, type Settings, type Values } from './config.ts';
import { explain, Failure } from './failure.ts';
import { Lifecycle } from './lifecycle.ts';
import { type Log, openLog } from './log.ts';

/** What a starting node is given. */
export type Context = { readonly log: Log; readonly lifecycle: Lifecycle };

type LoggedSettings = Settings & { readonly logLevel: Settings[string] };

/**
 * Runs one node until it is told to stop: reads its settings, starts it, and closes it on a signal.
 * What can't be started is one line on standard error and exit status 1.
 */
export async function runNode<S extends LoggedSettings>(
  name: string,
  settings: S,
  start: (values: Values<S>, context: Context) => Promise<void>,
): Promise<void> {
  const values = readOrExit(name, settings, process.argv.slice(2), process.env);
  const log = openLog(name, String(values.logLevel));
  const lifecycle = new Lifecycle(log);
  lifecycle.endOnSignal();
  try {
    await start(values, { log, lifecycle });
  } catch (error) {
    await lifecycle.close();
    fail(name, error);
  }
}

function readOrExit<S extends Settings>(
  name: string,
  settings: S,
  args: string[],
  env: Environment,
): Values<S> {
  try {
    const result = read(name, settings, args, env);
    if (result.kind === 'values') return result.values;
    process.stdout.write(result.text);
    process.exit(0);
  } catch (error) {
    return fail(name, error);
  }
}

function fail(name: string, error: unknown): never {
  const code = error instanceof Failure ? ` [${error.code}]` : '';
  process.stderr.write(`headwater ${name}${code}: ${explain(error)}\n`);
  process.exit(1);
}
