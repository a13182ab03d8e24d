import { expect, test } from 'bun:test';
import { percentile } from './percentile.ts';

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test.each([
  { values: hundred, share: 0.5, found: 50 },
  { values: hundred, share: 0.99, found: 99 },
  { values: hundred, share: 1, found: 100 },
  { values: hundred, share: 0, found: 1 },
  { values: [7], share: 0.99, found: 7 },
])('$share', ({ values, share, found }) => expect(percentile(values, share)).toBe(found));

test('of nothing there is none', () => expect(percentile([], 0.5)).toBeNaN());
