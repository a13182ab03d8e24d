import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Segment, Timeline } from './timeline.ts';

const TIMESCALE = 1_000;

const segment = (number: number, duration = 2_000, epoch = 'e0'): Segment => ({
  epoch,
  discontinuity: 0,
  number,
  time: number * 2_000,
  duration,
  size: 1,
  independent: true,
  wallClockMs: number * 2_000,
});

const segmentsOf = (durations: readonly number[]) =>
  durations.map((duration, number) => segment(number, duration));

function timelineOf(segments: readonly Segment[], windowMs: number): Timeline {
  const timeline = new Timeline(TIMESCALE, windowMs);
  for (const one of segments) timeline.append(one);
  return timeline;
}

const numbers = (segments: readonly Segment[]) => segments.map(({ number }) => number);
const total = (segments: readonly Segment[]) => segments.reduce((sum, { duration }) => sum + duration, 0);

const durations = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 60 });
const windows = fc.integer({ min: 1, max: 30_000 });

describe('the window', () => {
  test('is covered, with not one segment more than that takes', () => {
    fc.assert(
      fc.property(durations, windows, (all, windowMs) => {
        const { segments } = timelineOf(segmentsOf(all), windowMs);
        expect(total(segments)).toBeGreaterThanOrEqual(Math.min(windowMs, total(segmentsOf(all))));
        expect(total(segments.slice(1))).toBeLessThan(windowMs);
      }),
    );
  });

  test('depends only on the last window: who heard just that much holds the same', () => {
    fc.assert(
      fc.property(durations, windows, fc.nat(), (all, windowMs, from) => {
        const segments = segmentsOf(all);
        const suffix = segments.slice(from % segments.length);
        fc.pre(total(suffix) >= windowMs);
        expect(timelineOf(suffix, windowMs).segments).toEqual(timelineOf(segments, windowMs).segments);
      }),
    );
  });

  test('is the same for one who was told all at once', () => {
    fc.assert(
      fc.property(durations, windows, fc.nat(), (all, windowMs, at) => {
        const segments = segmentsOf(all);
        const told = at % (segments.length + 1);
        const timeline = new Timeline(TIMESCALE, windowMs);
        timeline.restore(segments.slice(0, told), false);
        for (const one of segments.slice(told)) timeline.append(one);
        expect(timeline.segments).toEqual(timelineOf(segments, windowMs).segments);
      }),
    );
  });

  test('gives back each segment that leaves it, once and in order', () => {
    fc.assert(
      fc.property(durations, windows, (all, windowMs) => {
        const timeline = new Timeline(TIMESCALE, windowMs);
        const gone = segmentsOf(all).flatMap((one) => timeline.append(one));
        expect([...gone, ...timeline.segments]).toEqual(segmentsOf(all));
      }),
    );
  });

  test.each([
    ['of 0 keeps everything', 0, [0, 1, 2, 3, 4]],
    ['of two segments keeps two', 4_000, [3, 4]],
    ['of two segments and a bit keeps three', 4_001, [2, 3, 4]],
    ['shorter than a segment keeps the last', 1, [4]],
  ])('%s', (_, windowMs, kept) => {
    expect(numbers(timelineOf(segmentsOf(Array(5).fill(2_000)), windowMs).segments)).toEqual(kept);
  });
});

describe('appending', () => {
  test.each([
    ['the last segment again', 2],
    ['one before it', 0],
  ])('%s changes nothing', (_, number) => {
    const timeline = timelineOf(segmentsOf([2_000, 2_000, 2_000]), 0);
    const { revision } = timeline;
    expect(timeline.append(segment(number, 500))).toEqual([]);
    expect(timeline.revision).toBe(revision);
    expect(timeline.segments).toEqual(segmentsOf([2_000, 2_000, 2_000]));
  });

  test('and ending and restoring each make a new revision', () => {
    const timeline = new Timeline(TIMESCALE, 0);
    const seen = [timeline.revision];
    timeline.append(segment(0));
    seen.push(timeline.revision);
    timeline.end();
    seen.push(timeline.revision);
    timeline.restore([segment(0)], true);
    seen.push(timeline.revision);
    expect(new Set(seen).size).toBe(4);
    expect(timeline.ended).toBe(true);
  });
});

describe('finding', () => {
  const sparse = [3, 4, 9, 10, 11, 40].map((number) => segment(number, 2_000, number < 10 ? 'e0' : 'e1'));

  test.each([3, 4, 9])('number %d of the first epoch', (number) => {
    expect(timelineOf(sparse, 0).find('e0', number)).toMatchObject({ number });
  });

  test.each([
    ['a number that was left out', 'e0', 5],
    ['a number before all', 'e0', 2],
    ['a number behind all', 'e1', 41],
    ['a number of another epoch', 'e1', 4],
  ])('nothing for %s', (_, epoch, number) => {
    expect(timelineOf(sparse, 0).find(epoch, number)).toBeNull();
    expect(new Timeline(TIMESCALE, 0).find(epoch, number)).toBeNull();
  });
});
