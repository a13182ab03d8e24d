import { expect, test } from 'bun:test';
import type { EdgeNode } from './node.ts';
import { totalsOf } from './totals.ts';

const edge = (id: string, draining: boolean): EdgeNode => ({
  id,
  region: 'local',
  url: 'http://localhost:8081',
  viewers: 10.5,
  capacity: 100,
  egressBitsPerSecond: 1_000,
  draining,
  leaseAgeMs: 0,
  state: 'alive',
});

test('an empty fleet adds up to nothing', () => {
  expect(totalsOf([])).toEqual({ edges: 0, draining: 0, viewers: 0, capacity: 0, bitsPerSecond: 0 });
});

test('a draining edge still serves, but has no room', () => {
  const totals = totalsOf([edge('edge-1', false), edge('edge-2', true)]);
  expect(totals).toEqual({ edges: 2, draining: 1, viewers: 21, capacity: 100, bitsPerSecond: 2_000 });
});
