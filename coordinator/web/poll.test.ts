import { expect, test } from 'bun:test';
import { pause } from './poll.ts';

test.each([
  [0, 0.9, 1_000],
  [1, 0.5, 2_000],
  [2, 0.5, 4_000],
  [50, 0.5, 4_000],
  [50, 0, 3_500],
])('after %p failures and a throw of %p the pause is %p ms', (failures, random, ms) => {
  expect(pause(1_000, failures, random)).toBe(ms);
});
