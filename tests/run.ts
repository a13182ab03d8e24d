import { availableParallelism } from 'node:os';
import { add, NONE, print } from './runner/counts.ts';
import { check, importRule, type Job, tests } from './runner/job.ts';
import { runJobs } from './runner/lanes.ts';
import { FOLDERS, filesIn } from './sources.ts';

const TEST = /\.test\.ts$/;

/** A system test with this ending measures time, and runs with nothing beside it. */
const ALONE = /\.alone\.test\.ts$/;

/** Most system tests wait for media that comes by the clock: one more than there are cores keeps those busy. */
const SPARE_LANES = 1;

/** More at a time would compete for the same disk without being done sooner. */
const LANES_MAX = 3;

const checks: readonly Job[] = [
  check('format and lint', ['node_modules/.bin/biome', 'check', '.']),
  check('types', ['node_modules/.bin/tsc', '--noEmit']),
  importRule,
];

/** Unit tests share a Bun by folder; each system test has its own, so that none takes another with it. */
async function allTests(): Promise<readonly Job[]> {
  const units = await Promise.all(
    FOLDERS.map(async (name) => ({ name, files: await filesIn('.', [name], TEST) })),
  );
  const folders = units.filter(({ files }) => files.length > 0);
  return [
    ...folders.map(({ name, files }) => tests(name, files, false)),
    ...perFile(await filesIn('.', ['tests'], TEST)),
  ];
}

const perFile = (files: readonly string[]) => files.map((file) => tests(file, [file], ALONE.test(file)));

/** `lint`, or paths of test files or of folders with some, or nothing for everything. */
async function jobsFor(args: readonly string[]): Promise<readonly Job[]> {
  if (args.length === 0) return [...checks, ...(await allTests())];
  if (args.length === 1 && args[0] === 'lint') return checks;
  const known = await filesIn('.', [...FOLDERS, 'tests'], TEST);
  return perFile(args.flatMap((arg) => matching(known, arg)));
}

function matching(known: readonly string[], arg: string): readonly string[] {
  const path = arg.replace(/^\.\//, '').replace(/\/$/, '');
  const found = known.filter((file) => file === path || file.startsWith(`${path}/`));
  if (found.length > 0) return found;
  process.stderr.write(
    `headwater: there are no tests at ${arg}: name a *.test.ts file, or a folder with some\n`,
  );
  process.exit(1);
}

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

const jobs = await jobsFor(process.argv.slice(2));
const lanes = Math.min(LANES_MAX, availableParallelism() + SPARE_LANES);
const results = await runJobs(jobs, lanes, (text) => process.stdout.write(text), stop.signal);
const counts = results.map((result) => result.counts).reduce(add, NONE);
const failures = results.flatMap((result) => result.failures);
process.stdout.write(`\n${failures.map((failure) => `failed: ${failure}\n`).join('')}`);
if (stop.signal.aborted) process.stdout.write('stopped before the end\n');
if (counts.skipped > 0) process.stdout.write(`${counts.skipped} skipped, as is said above\n`);
// The last line is read by programs: it says these two alone.
process.stdout.write(`${print({ ...counts, skipped: 0 })}\n`);
process.exitCode = counts.failed > 0 || stop.signal.aborted ? 1 : 0;
