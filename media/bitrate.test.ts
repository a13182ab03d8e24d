import { describe, expect, test } from 'bun:test';
import { measure } from './bitrate.ts';
import type { Segment } from './timeline.ts';

const TIMESCALE = 90_000;

/** Segments from pairs of seconds and bytes. */
const segments = (pairs: readonly (readonly [seconds: number, bytes: number])[]): Segment[] =>
  pairs.map(([seconds, size], number) => ({
    ...{ epoch: 'e0', discontinuity: 0, number, time: 0, independent: true, wallClockMs: 0 },
    duration: seconds * TIMESCALE,
    size,
  }));

describe('the bit rate of a track', () => {
  test.each<[string, [number, number][], { peak: number; average: number }]>([
    ['without segments is nothing', [], { peak: 0, average: 0 }],
    ['of one segment is its own', [[2, 1_000]], { peak: 4_000, average: 4_000 }],
    [
      'peaks at its largest segment',
      [
        [2, 1_000],
        [2, 3_000],
        [2, 2_000],
      ],
      { peak: 12_000, average: 8_000 },
    ],
    // 0.5 s is less than half a target: its 80,000 bit/s count only with a neighbour, (5000 + 1000) * 8 / 2.5.
    [
      'counts a short segment with a neighbour',
      [
        [2, 1_000],
        [0.5, 5_000],
        [2, 500],
      ],
      { peak: 19_200, average: 11_556 },
    ],
    // Two of 1 s make 2 s; three make 3 s, which is still 1.5 targets: (1000 + 2000) * 8 / 2 is the most.
    [
      'takes runs of segments',
      [
        [1, 1_000],
        [1, 2_000],
        [1, 500],
      ],
      { peak: 16_000, average: 9_334 },
    ],
    // 4 s is more than 1.5 targets: no set counts, and the average stands in.
    [
      'is its average where all segments are too long',
      [
        [4, 1_000],
        [4, 3_000],
      ],
      { peak: 4_000, average: 4_000 },
    ],
    ['is rounded up: a promise may not be less than the truth', [[3, 1]], { peak: 3, average: 3 }],
  ])('%s', (_, pairs, expected) => {
    expect(measure(segments(pairs), TIMESCALE, 2)).toEqual(expected);
  });

  test('does not depend on the timescale', () => {
    const at = (timescale: number) =>
      measure(
        segments([
          [2, 777],
          [1, 333],
        ]).map((one) => ({ ...one, duration: (one.duration / TIMESCALE) * timescale })),
        timescale,
        2,
      );
    expect(at(48_000)).toEqual(at(90_000));
  });
});
