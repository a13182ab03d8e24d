import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { Counter } from './counter.ts';

const ROUND = 2 ** 16;

test.each<[string, readonly number[], readonly number[]]>([
  ['goes on', [5, 6, 9], [5, 6, 9]],
  ['starts again', [65_534, 65_535, 0, 1], [65_534, 65_535, 65_536, 65_537]],
  ['goes back a little', [10, 7, 11], [10, 7, 11]],
  ['goes back over zero', [1, 65_535, 2], [1, -1, 2]],
])('a counter that %s', (_, values, extended) => {
  const counter = new Counter(16);
  expect(values.map((value) => counter.extend(value))).toEqual(extended.map((value) => value + ROUND));
});

test('steps of less than half a round are kept, whatever they are', () => {
  const steps = fc.array(fc.integer({ min: -32_000, max: 32_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(ROUND - 1), steps, (start, list) => {
      const counter = new Counter(16);
      let at = counter.extend(start);
      for (const step of list) {
        at += step;
        expect(counter.extend(((at % ROUND) + ROUND) % ROUND)).toBe(at);
      }
    }),
  );
});

test('a peek is not remembered', () => {
  const counter = new Counter(32);
  counter.extend(2 ** 32 - 1);
  expect(counter.peek(3)).toBe(2 * 2 ** 32 + 3);
  expect(counter.extend(2 ** 32 - 2)).toBe(2 * 2 ** 32 - 2);
});
