import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FUZZ_RUNS } from '../../tests/broken-bytes.ts';
import { DecodeTimes } from './decode-times.ts';

const decode = (shown: readonly number[], depth: number | null, step = 1) => {
  const times = new DecodeTimes(step);
  return shown.map((time) => times.push(time, depth));
};

describe('decode times', () => {
  test.each<[string, readonly number[], number | null, readonly number[]]>([
    ['in order', [0, 1, 2, 3], 0, [0, 1, 2, 3]],
    ['two B-frames, one a reference', [0, 3, 1, 2, 6, 4, 5], 1, [-1, 0, 1, 2, 3, 4, 5]],
    ['a pyramid', [0, 4, 2, 1, 3, 8, 6, 5, 7], 2, [-2, -1, 0, 1, 2, 3, 4, 5, 6]],
    ['a depth that is not said', [0, 3, 1, 2, 6, 4, 5], null, [-2, -1, 0, 1, 2, 3, 4]],
    ['of pictures that do not come evenly', [0, 30, 10, 25, 60, 33, 47], 1, [-1, 0, 10, 25, 30, 33, 47]],
  ])('%s', (_, shown, depth, times) => {
    expect(decode(shown, depth)).toEqual([...times]);
  });

  test('grow deeper when pictures are shown sooner than was said', () => {
    const shown = [0, 40, 20, 10, 30, 80, 60, 50, 70, 120, 100, 90, 110];
    const times = decode(shown, 0, 10);
    expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true);
    expect(shown.slice(5).every((time, index) => time >= (times[index + 5] ?? 0))).toBe(true);
  });

  test('rise, whatever the times are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 2, maxLength: 60 }), fc.nat(16), (shown, depth) => {
        const times = decode(shown, depth);
        for (let index = 1; index < times.length; index++)
          expect(times[index]).toBeGreaterThan(times[index - 1] ?? Number.NaN);
      }),
      { numRuns: FUZZ_RUNS },
    );
  });
});
