import { read, type Settings, type Values } from '../runtime/config.ts';
import { explain } from '../runtime/failure.ts';
import { Lifecycle } from '../runtime/lifecycle.ts';
import { openLog } from '../runtime/log.ts';
import type { Context } from '../runtime/node.ts';
import { benchEdge, edgeBenchSettings } from './bench/edge.ts';
import { benchFanout, fanoutBenchSettings } from './bench/fanout.ts';
import { benchPublish, publishBenchSettings } from './bench/publish.ts';
import { benchPush, pushBenchSettings } from './bench/push.ts';
import { benchWaiters, waitersBenchSettings } from './bench/waiters.ts';

const BENCHES = {
  edge: {
    about: 'requests per CPU-second of an edge beside nginx, through the real routes',
    run: (args: readonly string[]) => run('edge', edgeBenchSettings, benchEdge, args),
  },
  fanout: {
    about: 'packets per CPU-second to many UDP receivers beside sendmmsg in C, and loss at 500 of them',
    run: (args: readonly string[]) => run('fanout', fanoutBenchSettings, benchFanout, args),
  },
  publish: {
    about: 'publishers through each door, packaged as they come or encoded: start, cost, gaps',
    run: (args: readonly string[]) => run('publish', publishBenchSettings, benchPublish, args),
  },
  push: {
    about: 'chunks pushed over NATS beside chunks pulled over HTTP, for 1 to 16 edges',
    run: (args: readonly string[]) => run('push', pushBenchSettings, benchPush, args),
  },
  waiters: {
    about: 'from announcement to first byte for viewers that wait at an edge',
    run: (args: readonly string[]) => run('waiters', waitersBenchSettings, benchWaiters, args),
  },
} as const;

/** Runs a bench to its end; what can't go on is one line on standard error and exit status 1. */
async function run<S extends Settings>(
  name: string,
  settings: S,
  bench: (values: Values<S>, context: Context) => Promise<void>,
  args: readonly string[],
): Promise<void> {
  const log = openLog('bench', 'warn');
  const lifecycle = new Lifecycle(log);
  lifecycle.endOnSignal();
  try {
    const asked = read(`bench ${name}`, settings, args, process.env);
    if (asked.kind === 'help') process.stdout.write(asked.text);
    else await bench(asked.values, { log, lifecycle });
  } catch (error) {
    fail(explain(error));
  }
  await lifecycle.close();
}

function fail(problem: string): void {
  process.stderr.write(`headwater bench: ${problem}\n`);
  process.exitCode = 1;
}

const listed = Object.entries(BENCHES).map(([name, { about }]) => `  ${name.padEnd(10)} ${about}\n`);
const [name = '', ...args] = process.argv.slice(2);
if (name in BENCHES) {
  await BENCHES[name as keyof typeof BENCHES].run(args);
  process.exit();
} else if (name === '' || name === '--help') {
  process.stdout.write(`npm run bench <name> -- [flags]\n\n${listed.join('')}`);
} else {
  fail(`there is no bench '${name}'. There is ${Object.keys(BENCHES).join(', ')}`);
}
