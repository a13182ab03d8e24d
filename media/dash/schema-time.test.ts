import { expect, test } from 'bun:test';
import { dateTime, duration } from './schema-time.ts';

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

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [Date.UTC(2026, 0, 2, 3, 4, 5, 678), '2026-01-02T03:04:05.678000Z'],
  [1.75, '1970-01-01T00:00:00.001750Z'],
  [1.999_9, '1970-01-01T00:00:00.001999Z'],
])('%d ms since 1970 are written %s', (ms, text) => {
  expect(dateTime(ms)).toBe(text);
});
