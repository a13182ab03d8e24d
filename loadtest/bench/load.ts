import { Failure } from '../../runtime/failure.ts';
import { find, run } from '../../runtime/process.ts';
import { type Core, pinned } from './pin.ts';

/** What came of one round of load. */
export type Round = { readonly requests: number; readonly seconds: number };

export type LoadOptions = {
  readonly seconds: number;
  readonly connections: number;
  readonly core: Core;
};

/** Asks for one URL again and again over connections that are kept. Throws Failure when an answer is not a 200. */
export type Generator = {
  readonly name: string;
  readonly run: (url: string, options: LoadOptions) => Promise<Round>;
};

/** wrk where it is, else a loop of our own: slower, but a server's CPU seconds do not depend on who asks. */
export const findGenerator = (): Generator => (find('wrk') === null ? own : wrk);

const wrk: Generator = {
  name: 'wrk',
  async run(url, { seconds, connections, core }) {
    const args = ['-t1', `-c${connections}`, `-d${seconds}s`, url];
    const { exit, output, errors } = await run(...pinned(core, 'wrk', args));
    const round = parseWrk(output.toString());
    if (exit.kind === 'status' && exit.status === 0 && round !== null) return round;
    throw failed(url, errors[0] ?? output.toString().trim());
  },
};

/** Reads what wrk prints; null when anything but 2xx came back. */
export function parseWrk(text: string): Round | null {
  const match = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(text);
  if (match === null || /Socket errors|Non-2xx/.test(text)) return null;
  const unit = { ms: 0.001, s: 1, m: 60 }[match[3] ?? 's'] ?? 1;
  return { requests: Number(match[1]), seconds: Number(match[2]) * unit };
}

const own: Generator = {
  name: 'fetch',
  async run(url, { seconds, connections }) {
    const start = performance.now();
    const until = start + seconds * 1000;
    const counts = await Promise.all(Array.from({ length: connections }, () => askUntil(url, until)));
    const requests = counts.reduce((sum, count) => sum + count, 0);
    return { requests, seconds: (performance.now() - start) / 1000 };
  },
};

async function askUntil(url: string, until: number): Promise<number> {
  let count = 0;
  for (; performance.now() < until; count++) {
    const response = await fetch(url);
    if (response.status !== 200) throw failed(url, `status ${response.status}`);
    await response.arrayBuffer();
  }
  return count;
}

const failed = (url: string, problem: string) =>
  new Failure(
    'child-failed',
    `load on ${url} failed: ${problem}`,
    'Run the bench again with nothing beside it',
  );
