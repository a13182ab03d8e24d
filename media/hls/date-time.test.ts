import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { dateTime } from './date-time.ts';
import { seconds } from './tag.ts';

const ZERO = Date.UTC(2026, 10, 20, 12);

/** What a packager notes of a segment: a time of day to the nearest millisecond. */
const taken = (time: number, timescale: number) => ({
  time,
  wallClockMs: Math.round(ZERO + (time / timescale) * 1000),
});

describe('the date of a segment', () => {
  test.each([
    [0, 48_000, '2026-11-20T12:00:00.000Z'],
    [96_000, 48_000, '2026-11-20T12:00:02.000Z'],
    // 2.005333 s, and 2.986666 s, which would be rounded up.
    [96_256, 48_000, '2026-11-20T12:00:02.005Z'],
    [143_360, 48_000, '2026-11-20T12:00:02.986Z'],
    // Half a millisecond is noted rounded up.
    [45, 90_000, '2026-11-20T12:00:00.000Z'],
    [180_000, 90_000, '2026-11-20T12:00:02.000Z'],
  ])('%i of %i ticks after noon is %s', (time, timescale, expected) => {
    expect(dateTime(taken(time, timescale), timescale)).toBe(expected);
  });

  test('is never later than the segment, and hardly earlier', () => {
    const timescales = fc.constantFrom(48_000, 44_100, 90_000, 12_800, 24_000, 30_000);
    fc.assert(
      fc.property(timescales, fc.integer({ min: 0, max: 2 ** 40 }), (timescale, time) => {
        const early =
          (time / timescale) * 1000 - (Date.parse(dateTime(taken(time, timescale), timescale)) - ZERO);
        return early > -0.01 && early < 2;
      }),
    );
  });
});

describe('seconds', () => {
  test.each([
    [2, '2.00000'],
    [1.984, '1.98400'],
    [2.005333333, '2.00533'],
    [2.986666666, '2.98666'],
    [0.1 + 0.2, '0.30000'],
    [0.000001, '0.00000'],
  ])('%d are %s', (value, expected) => {
    expect(seconds(value)).toBe(expected);
  });

  test('of parts do not reach beyond those of their segment by more than their decimals', () => {
    const frames = (count: number) => (count * 1_024) / 48_000;
    const parts = [...Array.from({ length: 10 }, () => frames(9)), frames(4)];
    const sum = parts.reduce((total, part) => total + Number(seconds(part)), 0);
    expect(sum).toBeLessThanOrEqual(frames(94) + 1e-9);
  });
});
