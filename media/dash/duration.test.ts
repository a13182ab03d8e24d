import { expect, test } from 'bun:test';
import { duration } from './duration.ts';

test.each([
  [0, 'PT0S'],
  [2_000, 'PT2S'],
  [10_000, 'PT10S'],
  [1, 'PT0.001S'],
  [1_000 / 3, 'PT0.333333S'],
  [0.000_1, 'PT0S'],
  [Date.UTC(2026, 0, 2, 3, 4, 5, 678), 'PT1767323045.678S'],
])('%d ms are written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
