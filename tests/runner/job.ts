import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { violations } from '../imports.ts';
import { readSources } from '../sources.ts';
import { type Counts, countTests, FAILED, failuresIn, PASSED } from './counts.ts';

/** One thing to run, whose output is shown as a whole. */
export type Job = {
  readonly name: string;
  /** Measures time, so that nothing may run beside it. */
  readonly alone: boolean;
  readonly run: (show: (text: string) => void, signal: AbortSignal) => Promise<Result>;
};

export type Result = { readonly counts: Counts; readonly failures: readonly string[] };

/** Above the longest group of tests by far: what takes longer hangs. */
const JOB_MAX_MS = 20 * 60 * 1000;

/** Some tests encode video on two cores. */
const TEST_MAX_MS = 2 * 60 * 1000;

/** Where reports are left; git ignores it. */
const OUTPUT = join('tests', 'output');

/** A command that passes when its status is 0. */
export const check = (name: string, command: readonly string[]): Job => ({
  name,
  alone: false,
  async run(show, signal) {
    const { status } = await execute(command, show, signal);
    return verdict(name, status === 0);
  },
});

export const importRule: Job = {
  name: 'import rule',
  alone: false,
  async run(show) {
    const found = violations(await readSources('.'));
    for (const sentence of found) show(`${sentence}\n`);
    return verdict(importRule.name, found.length === 0);
  },
};

const verdict = (name: string, passed: boolean): Result => ({
  counts: passed ? PASSED : FAILED,
  failures: passed ? [] : [name],
});

/** Test files run by one Bun. */
export const tests = (name: string, files: readonly string[], alone: boolean): Job => ({
  name,
  alone,
  async run(show, signal) {
    const path = join(OUTPUT, `${name.replaceAll(/\W+/g, '-')}.xml`);
    await mkdir(OUTPUT, { recursive: true });
    await rm(path, { force: true });
    const report = ['--reporter=junit', `--reporter-outfile=${path}`];
    const paths = files.map((file) => `./${file}`);
    const command = [process.execPath, 'test', `--timeout=${TEST_MAX_MS}`, ...report, ...paths];
    const { status, output } = await execute(command, show, signal);
    const xml = await readFile(path, 'utf8').catch(() => null);
    const counts = countTests({ files, report: xml, output, status });
    const named = xml === null ? [] : failuresIn(xml);
    const failures = named.length < counts.failed ? [...named, `${name} (see above)`] : named;
    return { counts, failures };
  },
});

type Execution = { readonly status: number | null; readonly output: string };

function execute(
  command: readonly string[],
  show: (text: string) => void,
  stop: AbortSignal,
): Promise<Execution> {
  const [program = '', ...args] = command;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(JOB_MAX_MS)]);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, signal });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      show(text);
    });
  }
  const { promise, resolve } = Promise.withResolvers<Execution>();
  child.on('error', (error) => show(`${error.message}\n`));
  child.on('exit', () => endGroup(child));
  child.on('close', (status) => resolve({ status, output }));
  return promise;
}

/** What tests leave running in their group would hold the output open, and the machine busy. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {}
}
