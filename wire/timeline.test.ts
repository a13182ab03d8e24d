import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Segment, Timeline } from '../media/timeline.ts';
import { Epoch } from './ids.ts';
import {
  compact,
  expand,
  parseMessage,
  receive,
  type SegmentAnnounced,
  type Snapshot,
  snapshotOf,
  type TimelineMessage,
} from './timeline.ts';

const TIMESCALE = 48_000;
const START_MS = 1_700_000_000_000;
const epoch = Epoch.parse('mi7d2k1x');

/** The segment of a number in a regular run of 2 s segments. */
const segment = (number: number, change: Partial<Segment> = {}): Segment => ({
  epoch,
  discontinuity: 0,
  number,
  time: number * 2 * TIMESCALE,
  duration: 2 * TIMESCALE,
  size: 1000 + number,
  independent: true,
  wallClockMs: START_MS + number * 2000,
  ...change,
});

const announced = (number: number, shape: Partial<SegmentAnnounced> = {}): SegmentAnnounced => ({
  type: 'segment',
  timescale: TIMESCALE,
  windowMs: 0,
  ...segment(number),
  epoch,
  ...shape,
});

const snapshot = (segments: readonly Segment[], change: Partial<Snapshot> = {}): Snapshot => ({
  type: 'snapshot',
  timescale: TIMESCALE,
  windowMs: 0,
  runs: compact(segments, TIMESCALE),
  open: null,
  chunks: [],
  ended: false,
  ...change,
});

/** How each segment differs from a regular continuation of the one before it. */
const step = fc.record({
  duration: fc.oneof(fc.constant(96_000), fc.integer({ min: 1, max: 960_000 })),
  size: fc.integer({ min: 1, max: 10_000_000 }),
  independent: fc.boolean(),
  epochs: fc.constantFrom(0, 0, 0, 1),
  skipped: fc.constantFrom(0, 0, 0, 1, 5),
  gap: fc.constantFrom(0, 0, 0, 1, 48_000),
  clockJumpMs: fc.constantFrom(0, 0, 0, 1, -1, 3_600_000),
});

const timelines = fc
  .tuple(fc.array(step, { maxLength: 40 }), fc.constantFrom(48_000, 44_100, 90_000, 12_800, 1))
  .map(([steps, timescale]) => {
    const segments: Segment[] = [];
    let at = { number: 7, time: 0, clockMs: START_MS, epochs: 0 };
    for (const { duration, size, independent, epochs, skipped, gap, clockJumpMs } of steps) {
      at = {
        number: at.number + skipped,
        time: at.time + gap,
        clockMs: at.clockMs + clockJumpMs,
        epochs: at.epochs + epochs,
      };
      segments.push({
        epoch: `e${at.epochs}`,
        discontinuity: at.epochs,
        number: at.number,
        time: at.time,
        duration,
        size,
        independent,
        wallClockMs: Math.round(at.clockMs),
      });
      const clockMs = at.clockMs + (duration / timescale) * 1000;
      at = { ...at, number: at.number + 1, time: at.time + duration, clockMs };
    }
    return { segments, timescale };
  });

describe('a snapshot', () => {
  test('expands to the segments that it was made from', () => {
    fc.assert(
      fc.property(timelines, ({ segments, timescale }) => {
        expect(expand({ runs: compact(segments, timescale) }, timescale)).toEqual(segments);
      }),
      { numRuns: 500 },
    );
  });

  test('survives JSON and its own schema', () => {
    fc.assert(
      fc.property(timelines, ({ segments, timescale }) => {
        const message = snapshot([], { timescale, runs: compact(segments, timescale) });
        const read = parseMessage(new TextEncoder().encode(JSON.stringify(message)));
        expect(read).toEqual(message);
      }),
      { numRuns: 100 },
    );
  });

  test('of a regular timeline is one run', () => {
    const segments = Array.from({ length: 100 }, (_, number) => segment(number));
    expect(compact(segments, TIMESCALE)).toHaveLength(1);
  });

  test.each([
    ['another epoch', { epoch: 'other', discontinuity: 1 }],
    ['a number left out', { number: 3 }],
    ['a gap in media time', { time: 4 * TIMESCALE + 1 }],
    ['a clock that was put forward', { wallClockMs: START_MS + 5000 }],
  ])('opens a new run for %s', (_, change) => {
    const segments = [segment(0), segment(1), segment(2, change)];
    expect(compact(segments, TIMESCALE)).toHaveLength(2);
  });

  test('names the segments that depend on others by their place in the run', () => {
    const segments = [segment(5), segment(6, { independent: false }), segment(7)];
    expect(compact(segments, TIMESCALE)).toMatchObject([{ number: 5, dependent: [1] }]);
  });

  test('of an ended timeline says so', () => {
    const timeline = new Timeline(TIMESCALE, 0);
    timeline.append(segment(0));
    timeline.end();
    const copy = receive(null, snapshotOf(timeline));
    expect(copy.ended).toBe(true);
    expect(copy.segments).toEqual(timeline.segments);
  });
});

const play = (...messages: readonly TimelineMessage[]) =>
  messages.reduce<Timeline | null>((timeline, message) => receive(timeline, message), null);

const numbers = (timeline: Timeline | null) => timeline?.segments.map(({ number }) => number);

describe('a received timeline', () => {
  test('grows by what is announced', () => {
    expect(play(announced(0), announced(1), announced(2))?.segments).toEqual([
      segment(0),
      segment(1),
      segment(2),
    ]);
  });

  test.each([
    ['twice', [announced(0), announced(1), announced(1)]],
    ['again behind later ones', [announced(0), announced(1), announced(0)]],
    ['that the snapshot held', [snapshot([segment(0), segment(1)]), announced(1), announced(0)]],
  ])('takes a segment announced %s once', (_, messages) => {
    expect(numbers(play(...messages))).toEqual([0, 1]);
  });

  test('is replaced by a snapshot, also by one that goes back', () => {
    expect(numbers(play(announced(7), announced(8), snapshot([segment(2), segment(3)])))).toEqual([2, 3]);
    expect(numbers(play(announced(7), snapshot([])))).toEqual([]);
  });

  test.each([
    ['timescale', { timescale: 90_000 }],
    ['window', { windowMs: 60_000 }],
  ])('starts anew with a message of another %s', (_, shape) => {
    const before = play(announced(0), announced(1));
    const after = receive(before, announced(2, shape));
    expect(after).not.toBe(before);
    expect(numbers(after)).toEqual([2]);
    expect(after).toMatchObject(shape);
  });

  test('keeps no more than its window', () => {
    const all = Array.from({ length: 20 }, (_, number) => announced(number, { windowMs: 10_000 }));
    expect(numbers(play(...all))).toEqual([15, 16, 17, 18, 19]);
  });

  test('is the same however it was told: one by one, or by a snapshot on the way', () => {
    const windowed = (number: number) => announced(number, { windowMs: 10_000 });
    const one = play(...Array.from({ length: 12 }, (_, number) => windowed(number)));
    const held = Array.from({ length: 5 }, (_, index) => segment(5 + index));
    const other = play(snapshot(held, { windowMs: 10_000 }), windowed(10), windowed(11));
    expect(other?.segments.map(({ number }) => number)).toEqual(numbers(one) ?? []);
  });
});

describe('bytes on a timeline subject', () => {
  const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const run = compact([segment(0), segment(1)], TIMESCALE)[0];

  test('are read back', () => {
    expect(parseMessage(bytes(announced(3)))).toEqual(announced(3));
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['no JSON', new TextEncoder().encode('{"type":"segment"')],
    ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x00)],
    ['null', bytes(null)],
    ['a list', bytes([announced(1)])],
    ['another type', bytes({ ...announced(1), type: 'chunkish' })],
    ['no timescale', bytes({ ...announced(1), timescale: undefined })],
    ['timescale 0', bytes({ ...announced(1), timescale: 0 })],
    ['a negative number', bytes({ ...announced(1), number: -1 })],
    ['half a tick', bytes({ ...announced(1), time: 0.5 })],
    ['no duration', bytes({ ...announced(1), duration: 0 })],
    ['an epoch that is a path', bytes({ ...announced(1), epoch: '../x' })],
    ['a run with a size missing', bytes(snapshot([], { runs: run ? [{ ...run, sizes: [1] }] : [] }))],
    ['a run with a size too many', bytes(snapshot([], { runs: run ? [{ ...run, sizes: [1, 2, 3] }] : [] }))],
  ])('that are %s are no message', (_, data) => {
    expect(parseMessage(data)).toBeNull();
  });

  test('never make the reader throw', () => {
    const mutated = fc
      .tuple(fc.constantFrom(announced(1), snapshot([segment(0), segment(1)])), fc.nat(400), fc.string())
      .map(([message, at, extra]) => {
        const text = JSON.stringify(message);
        return new TextEncoder().encode(text.slice(0, at) + extra + text.slice(at + extra.length));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), mutated), (data) => {
        const message = parseMessage(data);
        if (message !== null) receive(null, message);
      }),
      { numRuns: 1_000 },
    );
  });
});
