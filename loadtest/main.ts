import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { explain, Failure } from '../runtime/failure.ts';
import { exitOf, find } from '../runtime/process.ts';
import { baseOf, needLoopback, readCommand } from './command.ts';

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`headwater loadtest: ${explain(error)}\n`);
  process.exitCode = 1;
}

/** Runs a scenario with k6 to its end; gives k6's status, which is not 0 when the cluster did not hold. */
async function run(args: readonly string[]): Promise<number> {
  const { scenario, flags } = readCommand(args);
  if (process.env.HEADWATER_LOADTEST_REMOTE !== 'yes') needLoopback(baseOf(flags, process.env));
  const script = fileURLToPath(new URL(`${scenario}.ts`, import.meta.url));
  const child = spawn(findK6(), ['run', ...flags, script], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  const exit = await exitOf(child);
  return exit.kind === 'status' ? exit.status : 1;
}

function findK6(): string {
  const k6 = find('k6');
  if (k6 !== null) return k6;
  throw new Failure(
    'program-missing',
    'k6 is not on the PATH',
    'Install it with `go install go.k6.io/k6/...@latest`, which puts it into the bin folder of `go env GOPATH`',
  );
}
