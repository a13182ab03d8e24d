import { expect, test } from 'bun:test';
import { summarize } from './summary.ts';

test.each([
  { values: [3], median: 3, min: 3, max: 3 },
  { values: [9, 1], median: 5, min: 1, max: 9 },
  { values: [10, 9, 100], median: 10, min: 9, max: 100 },
  { values: [4, 1, 3, 2], median: 2.5, min: 1, max: 4 },
])('$values', ({ values, ...summary }) => expect(summarize(values)).toEqual(summary));

test('of nothing there is no median', () => expect(summarize([]).median).toBeNaN());
