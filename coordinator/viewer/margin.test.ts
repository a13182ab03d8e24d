import { expect, test } from 'bun:test';
import { Margin } from './margin.ts';

test('grows with each stall, and is forgotten a minute later', () => {
  const margin = new Margin();
  expect(margin.ms(0)).toBe(0);
  margin.stalled(1_000);
  margin.stalled(31_000);
  expect(margin.ms(31_000)).toBe(500);
  expect(margin.ms(61_000)).toBe(250);
  expect(margin.ms(91_000)).toBe(0);
});

test('ends at two seconds', () => {
  const margin = new Margin();
  for (let stall = 0; stall < 100; stall++) margin.stalled(stall);
  expect(margin.ms(100)).toBe(2_000);
});
