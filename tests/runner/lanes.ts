import { FAILED } from './counts.ts';
import type { Job, Result } from './job.ts';

/** Shows the output of jobs one after another: of the first unfinished one as it comes, of later ones when it is their turn. */
class Turns {
  readonly #pending: { text: string; done: boolean }[];
  readonly #print: (text: string) => void;
  #turn = 0;

  constructor(jobs: number, print: (text: string) => void) {
    this.#pending = Array.from({ length: jobs }, () => ({ text: '', done: false }));
    this.#print = print;
  }

  show(index: number, text: string, done = false): void {
    const entry = this.#pending[index];
    if (!entry) return;
    entry.text += text;
    entry.done ||= done;
    this.#advance();
  }

  #advance(): void {
    for (let entry = this.#pending[this.#turn]; entry; entry = this.#pending[this.#turn]) {
      if (entry.text !== '') this.#print(entry.text);
      entry.text = '';
      if (!entry.done) return;
      this.#turn++;
    }
  }
}

/**
 * Runs jobs in their order, `lanes` at a time; those that must be alone come last, with nothing beside them.
 * Returns their results in the order of the jobs.
 */
export async function runJobs(
  jobs: readonly Job[],
  lanes: number,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const ordered = [...jobs.filter(({ alone }) => !alone), ...jobs.filter(({ alone }) => alone)];
  const together = ordered.filter(({ alone }) => !alone).length;
  const turns = new Turns(ordered.length, print);
  const results: Result[] = [];
  let next = 0;
  const work = async (end: number) => {
    while (next < end && !signal.aborted) {
      const index = next++;
      const job = ordered[index];
      if (job) results[index] = await runOne(job, (text, done) => turns.show(index, text, done), signal);
    }
  };
  await Promise.all(Array.from({ length: lanes }, () => work(together)));
  await work(ordered.length);
  return results;
}

async function runOne(
  job: Job,
  show: (text: string, done?: boolean) => void,
  signal: AbortSignal,
): Promise<Result> {
  const startedAt = performance.now();
  show(`\n── ${job.name}\n`);
  const result = await job.run(show, signal).catch((error: unknown) => broken(job, error, show));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const { passed, failed } = result.counts;
  show(`── ${job.name}: ${passed} passed, ${failed} failed in ${seconds} s\n`, true);
  return result;
}

/** A job that can't even be run counts as one that failed. */
function broken(job: Job, error: unknown, show: (text: string) => void): Result {
  show(`${error instanceof Error ? error.stack : error}\n`);
  return { counts: FAILED, failures: [job.name] };
}
