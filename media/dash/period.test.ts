import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Segment } from '../timeline.ts';
import { livePeriods, recordedPeriods } from './period.ts';
import type { Rendition } from './rendition.ts';

const BITS = { peak: 1, average: 1 };
const SOUND = { kind: 'audio', codec: 'x', channels: 2, sampleRate: 48_000, language: 'und' } as const;

const startOf = (epoch: string) => Number.parseInt(epoch, 36);

/** What a packager is told of one run of an encoder. */
type Run = {
  readonly startedMs: number;
  /** From the start of the encoder to its first output. */
  readonly delayMs: number;
  /** Where it starts on the media timeline. */
  readonly mediaMs: number;
  readonly durations: readonly number[];
};

/** Segments as the packager announces them: their wall-clock time is rounded. */
function segmentsOf(timescale: number, { startedMs, delayMs, mediaMs, durations }: Run): Segment[] {
  const startSeconds = mediaMs / 1000;
  let time = Math.round(startSeconds * timescale);
  return durations.map((duration, number) => {
    const wallClockMs = Math.round(startedMs + delayMs + (time / timescale - startSeconds) * 1000);
    const epoch = startedMs.toString(36);
    const segment = {
      ...{ epoch, discontinuity: 0, number, size: 1, independent: true },
      time,
      duration,
      wallClockMs,
    };
    time += duration;
    return segment;
  });
}

const rendition = (timescale: number, segments: readonly Segment[]): Rendition => ({
  ...{ id: 'a', media: SOUND, timescale, segments, open: null, next: null, bitRate: BITS },
});

const runs = fc.record({
  startedMs: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2059, 0) }),
  delayMs: fc.nat(30_000),
  mediaMs: fc.oneof(fc.constant(0), fc.nat(1_000_000_000)),
  durations: fc.array(fc.integer({ min: 1_000, max: 200_000 }), { minLength: 1, maxLength: 40 }),
});
const timescales = fc.constantFrom(1_000, 12_288, 12_800, 44_100, 48_000, 60_000, 90_000);

describe('the period of a live epoch', () => {
  test('shows every sample when it was taken, counted from 1970', () => {
    fc.assert(
      fc.property(runs, timescales, (run, timescale) => {
        const segments = segmentsOf(timescale, run);
        const [period] = livePeriods([rendition(timescale, segments)], startOf);
        const { startMs = 0, tracks = [] } = period ?? {};
        const offset = tracks[0]?.presentationTimeOffset ?? 0;
        expect(offset).toBeGreaterThanOrEqual(0);
        for (const { time, wallClockMs } of segments) {
          const shownMs = startMs + ((time - offset) / timescale) * 1000;
          expect(Math.abs(shownMs - wallClockMs)).toBeLessThanOrEqual(1.01);
        }
      }),
    );
  });

  test('stays where it is while the window moves, whichever segments are left', () => {
    fc.assert(
      fc.property(runs, timescales, fc.nat(), (run, timescale, cut) => {
        const segments = segmentsOf(timescale, run);
        const left = segments.slice(cut % segments.length);
        const place = (some: readonly Segment[]) => {
          const [period] = livePeriods([rendition(timescale, some)], startOf);
          return [period?.startMs, period?.tracks[0]?.presentationTimeOffset];
        };
        // A sample taken in the very middle of two milliseconds may be told as either.
        fc.pre(segments.every(({ time }) => Math.abs((((time * 1000) / timescale) % 1) - 0.5) > 1e-3));
        expect(place(left)).toEqual(place(segments));
      }),
    );
  });
});

const FIRST: Run = { startedMs: 1_700_000_000_000, delayMs: 500, mediaMs: 0, durations: [2_000, 2_000] };
const SECOND: Run = { startedMs: 1_700_000_006_000, delayMs: 700, mediaMs: 6_200, durations: [2_000] };

const both = (...trackRuns: readonly (readonly Run[])[]) =>
  trackRuns.map((list) =>
    rendition(
      1_000,
      list.flatMap((run) => segmentsOf(1_000, run)),
    ),
  );

describe('periods of a live channel', () => {
  const places = (renditions: readonly Rendition[]) =>
    livePeriods(renditions, startOf).map(({ startMs, durationMs, tracks }) => [
      startMs - FIRST.startedMs,
      durationMs,
      tracks[0]?.presentationTimeOffset,
    ]);

  test('start with the media timeline, then with each encoder; those before the last have an end', () => {
    expect(places(both([FIRST, SECOND]))).toEqual([
      [500, 4_000, 0],
      [6_000, null, 5_500],
    ]);
  });

  test('end with their shortest track', () => {
    const short = { ...FIRST, durations: [2_000, 1_900] };
    expect(places(both([FIRST, SECOND], [short, SECOND]))[0]).toEqual([500, 3_900, 0]);
  });

  test('end before the next one starts', () => {
    const long = { ...FIRST, durations: [2_000, 2_000, 2_000] };
    expect(places(both([long, SECOND]))[0]).toEqual([500, 5_500, 0]);
  });

  test('are there while every track has a segment of them', () => {
    expect(places(both([FIRST, SECOND], [FIRST]))).toEqual([[500, null, 0]]);
    expect(places(both([FIRST, SECOND], [SECOND]))).toEqual([[6_000, null, 5_500]]);
    expect(places(both([FIRST], [SECOND]))).toEqual([]);
  });
});

test('periods of a recording start at 0, and each where the one before it ends', () => {
  const first = { ...FIRST, mediaMs: 30_000 };
  const second = { ...SECOND, mediaMs: 36_200 };
  const periods = recordedPeriods(both([first, second]));
  expect(periods.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([
    [0, 4_000],
    [4_000, null],
  ]);
  expect(periods.map(({ tracks }) => tracks[0]?.presentationTimeOffset)).toEqual([30_000, 36_200]);
});
