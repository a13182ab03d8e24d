import { expect, test } from 'bun:test';
import { backOffMs, failuresAfter, STEADY_MS } from './backoff.ts';

test('doubles, within its bound', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((failures) => backOffMs(failures, 1));
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
  expect(backOffMs(5_000, 1)).toBe(15_000);
});

test('is spread over its upper half', () => {
  expect([0, 0.5, 1].map((random) => backOffMs(2, random))).toEqual([500, 750, 1000]);
});

test('a process that ran for long starts anew', () => {
  expect(failuresAfter(6, STEADY_MS - 1)).toBe(7);
  expect(failuresAfter(6, STEADY_MS)).toBe(1);
});
