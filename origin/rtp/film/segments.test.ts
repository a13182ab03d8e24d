import { describe, expect, test } from 'bun:test';
import type { Segment } from '../../../media/timeline.ts';
import { indexOf, placeAt } from './segments.ts';

const segment = (discontinuity: number, number: number, time: number, duration: number): Segment => ({
  ...{ epoch: `e${discontinuity}`, discontinuity, number, time, duration },
  ...{ size: 1_000, independent: true, wallClockMs: 0 },
});

/** Pictures and sound of a recording whose source was away from 4 s to 60 s. */
const VIDEO = {
  timescale: 10,
  segments: [segment(0, 0, 100, 20), segment(0, 1, 120, 20), segment(1, 2, 600, 20)],
};
const AUDIO = {
  timescale: 100,
  segments: [segment(0, 0, 1_001, 200), segment(0, 1, 1_201, 204), segment(1, 2, 6_000, 200)],
};

describe('a recording', () => {
  const { tracks, duration } = indexOf([VIDEO, AUDIO]);

  test('has no gaps where its source was away, and starts at 0', () => {
    const at = tracks.map((places) => places.map((place) => Number(place.at.toFixed(3))));
    expect(at).toEqual([
      [0, 2, 4.05],
      [0.01, 2.01, 4.05],
    ]);
    expect(duration).toBeCloseTo(6.05, 6);
  });

  test.each([
    [-1, 0],
    [0, 0],
    [1.99, 0],
    [2, 1],
    [4.04, 1],
    [4.06, 2],
    [99, 2],
  ])('at %d s is in segment %d', (at, index) => {
    expect(placeAt(tracks[0] ?? [], at)).toBe(index);
  });

  test('of nothing is empty', () => {
    expect(indexOf([])).toEqual({ tracks: [], duration: 0 });
    expect(placeAt([], 3)).toBe(0);
  });
});
