import { expect, test } from 'bun:test';
import { PASSED } from './counts.ts';
import type { Job } from './job.ts';
import { runJobs } from './lanes.ts';

const never = new AbortController().signal;

type Gate = { readonly job: Job; readonly started: Promise<void>; readonly end: () => void };

function gated(name: string, alone = false): Gate {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const run: Job['run'] = async (show) => {
    started.resolve();
    show(`${name} works\n`);
    await ended.promise;
    return { counts: PASSED, failures: [] };
  };
  return { job: { name, alone, run }, started: started.promise, end: ended.resolve };
}

test('two at a time, shown in their order whoever ends first', async () => {
  const [a, b, c] = [gated('a'), gated('b'), gated('c')];
  let shown = '';
  const running = runJobs([a.job, b.job, c.job], 2, (text) => (shown += text), never);
  await Promise.all([a.started, b.started]);
  b.end();
  await c.started;
  expect(shown).not.toContain('b works');
  a.end();
  c.end();
  expect(await running).toHaveLength(3);
  expect(shown.match(/\w works/g)).toEqual(['a works', 'b works', 'c works']);
});

test('what must be alone starts when the others have ended', async () => {
  const [alone, other] = [gated('alone', true), gated('other')];
  let aloneStarted = false;
  void alone.started.then(() => (aloneStarted = true));
  const running = runJobs([alone.job, other.job], 2, () => {}, never);
  await other.started;
  expect(aloneStarted).toBe(false);
  other.end();
  await alone.started;
  alone.end();
  await running;
});

test('a job that throws counts as failed, and the others still run', async () => {
  const broken: Job = {
    name: 'broken',
    alone: false,
    run: () => Promise.reject(new Error('no such program')),
  };
  const sound = gated('sound');
  sound.end();
  let shown = '';
  const results = await runJobs([broken, sound.job], 1, (text) => (shown += text), never);
  expect(results.map(({ counts }) => counts.failed)).toEqual([1, 0]);
  expect(shown).toContain('no such program');
});
