import { expect, test } from 'bun:test';
import { atLeast, atMost, type Figure, holds, spread, table, told } from './figures.ts';

const figure = (value: number, asked: Figure['asked']): Figure => ({ what: 'a', value, unit: 'ms', asked });

test.each([
  [figure(2, atMost(2)), true],
  [figure(2.1, atMost(2)), false],
  [figure(2, atLeast(2)), true],
  [figure(1.9, atLeast(2)), false],
  [figure(99, told), true],
  [figure(Number.NaN, atMost(2)), false],
  [figure(Number.NaN, atLeast(2)), false],
])('%j holds: %p', (one, does) => {
  expect(holds(one)).toBe(does);
});

test('a table marks what does not hold', () => {
  const lines = table([figure(3, atMost(2)), { what: 'longer', value: 12.34, unit: '%', asked: told }]);
  expect(lines).toBe(
    ['         measured    asked', 'a            3 ms   ≤ 2 ms   FAILED', 'longer     12.3 %', ''].join('\n'),
  );
});

test.each([
  [[], Number.NaN, Number.NaN, Number.NaN],
  [[7], 7, 7, 7],
  [Array.from({ length: 100 }, (_, index) => 100 - index), 50, 95, 100],
])('the spread of %j', (values, p50, p95, max) => {
  expect(spread(values)).toEqual({ p50, p95, max });
});
