import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Sample } from '../../media/sample.ts';
import { Durations } from './durations.ts';

const sample = (dts: number, duration: number): Sample => ({
  ...{ dts, duration, compositionOffset: 0, sync: true },
  data: new Uint8Array(1),
});

/** Decode times and durations that come out for those that go in. */
function through(...pairs: readonly (readonly [dts: number, duration: number])[]) {
  const durations = new Durations();
  const found = pairs.map(([dts, duration]) => durations.push(sample(dts, duration)));
  return [...found, durations.flush()].flatMap((one) => (one === null ? [] : [[one.dts, one.duration]]));
}

describe('a sample lasts', () => {
  test('until the next one, whatever the encoder guessed', () => {
    expect(through([0, 10], [10, 99], [20, 1], [35, 10])).toEqual([
      [0, 10],
      [10, 10],
      [20, 15],
      [35, 10],
    ]);
  });

  test('as long as the second, when the muxer stretched the first from 0', () => {
    expect(through([0, 500], [500, 10], [510, 10])).toEqual([
      [490, 10],
      [500, 10],
      [510, 10],
    ]);
  });

  test('no longer than to the second, when it came late enough', () => {
    expect(through([495, 5], [500, 10], [510, 10])).toEqual([
      [495, 5],
      [500, 10],
      [510, 10],
    ]);
  });

  test('as the encoder says when it is the last, and never for no time', () => {
    expect(through([0, 10], [10, 7]).at(-1)).toEqual([10, 7]);
    expect(through([0, 10], [10, 0]).at(-1)).toEqual([10, 1]);
  });
});

test('a sample that goes back in time is left out', () => {
  expect(through([0, 10], [10, 10], [10, 10], [5, 10], [20, 10])).toEqual([
    [0, 10],
    [10, 10],
    [20, 10],
  ]);
});

test('without samples there is nothing to flush', () => {
  expect(through()).toEqual([]);
});

test('what comes out is contiguous, whatever comes in', () => {
  const pair = fc.tuple(fc.nat(10_000), fc.nat(100));
  fc.assert(
    fc.property(fc.array(pair), (pairs) => {
      let end: number | null = null;
      for (const [dts = 0, duration = 0] of through(...pairs)) {
        if (end !== null) expect(dts).toBe(end);
        expect(duration).toBeGreaterThan(0);
        end = dts + duration;
      }
    }),
  );
});
