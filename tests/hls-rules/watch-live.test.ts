import { expect, test } from 'bun:test';
import { type Fault, startLiveServer } from './examples/live-server.ts';
import { print } from './print.ts';
import { watchLive } from './watch-live.ts';

const SECONDS = 4;

/** What a strict client finds at a server with one fault. */
const TABLE: readonly (readonly [Fault, readonly string[]])[] = [
  ['has no fault', []],
  ['answers at once', ['blocked-until']],
  ['does not hold hints', ['hint-served']],
  ['forgets the hint in delta updates', ['delta-tail', 'low-latency-hint']],
];

test.each(TABLE)('a low-latency server that %s', async (fault, rules) => {
  const server = startLiveServer(fault);
  const outcome = await watchLive(server.url, SECONDS);
  await server.stop();
  const found = new Set(outcome.violations.map(({ rule }) => rule));
  for (const rule of rules) expect(found, print(outcome)).toContain(rule);
  if (rules.length === 0) expect([...found], print(outcome)).toEqual([]);
  expect(outcome.judged).toBeGreaterThan(100);
});
