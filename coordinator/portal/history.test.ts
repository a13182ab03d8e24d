import { expect, test } from 'bun:test';
import { ages, ago, append, type Sample, WINDOW_MS } from './history.ts';

const at = (atMs: number): Sample => ({ atMs, viewers: 1, bitsPerSecond: 2 });
const fill = (times: readonly number[]) =>
  times.reduce<readonly Sample[]>((all, ms) => append(all, at(ms)), []);

test('what is older than the window is forgotten', () => {
  const times = [...Array(400).keys()].map((second) => second * 1_000);
  const history = fill(times);
  expect(history).toHaveLength(WINDOW_MS / 1_000 + 1);
  expect(ages(history).at(0)).toBe(-WINDOW_MS / 1_000);
  expect(ages(history).at(-1)).toBe(0);
});

test('a pause leaves a gap', () => {
  expect(fill([0, 1_000, 20_000]).map((sample) => sample.viewers)).toEqual([1, 1, null, 1]);
  expect(fill([0, 1_000, 4_000]).map((sample) => sample.viewers)).toEqual([1, 1, 1]);
});

test('a pace too high keeps its bound', () => {
  expect(fill([...Array(2_000).keys()]).length).toBeLessThanOrEqual(600);
});

test.each([
  [0, 'now'],
  [-20, '20 s ago'],
  [-60, '1 min ago'],
  [-135, '2 min 15 s ago'],
])('ago(%p) is %p', (seconds, text) => expect(ago(seconds)).toBe(text));
