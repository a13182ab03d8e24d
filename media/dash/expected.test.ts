import { describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../timeline.ts';
import { expected } from './expected.ts';

const VIDEO = { kind: 'video', targetDurationMs: 2_000 } as const;
const AUDIO = { kind: 'audio', targetDurationMs: 2_000 } as const;

const HEAD = { epoch: 'a', discontinuity: 0, independent: true };
const segment = (number: number, duration = 2_000): Segment => {
  const time = number * 2_000;
  return { ...HEAD, number, time, duration, size: 9, wallClockMs: 1_000_000 + time };
};

/** A timeline in milliseconds with whole segments, and some chunks of half a second of the one that grows. */
function timeline(wholes: readonly Segment[], chunks: number): Timeline {
  const made = new Timeline(1_000, 60_000);
  for (const whole of wholes) made.append(whole);
  const { duration: _, size: __, ...head } = segment(wholes.length);
  for (let index = 0; index < chunks; index++)
    made.grow(head, index, { duration: 500, size: 3, independent: index === 0 });
  return made;
}

describe('what is expected', () => {
  test.each([
    ['nothing of a track that has not begun', [], 0, null, null],
    ['a segment that grows', [segment(0)], 1, 1, null],
    ['the one behind it, from a second before its end', [segment(0)], 2, 1, 2],
    ['the next one, between two', [segment(0)], 0, null, 1],
    ['nothing behind one that ended early', [segment(0, 1_500)], 0, null, null],
    [
      'nothing behind one a little shorter than the one before it',
      [segment(0), segment(1, 1_840)],
      0,
      null,
      null,
    ],
    ['nothing behind one that is longer than it should be', [segment(0)], 5, 1, null],
  ])('is %s', (_, wholes, chunks, open, next) => {
    const found = expected(timeline(wholes, chunks), VIDEO);
    expect(found.open?.number ?? null).toBe(open);
    expect(found.next?.number ?? null).toBe(next);
  });

  test('of sound lasts a frame longer', () => {
    const { open, next } = expected(timeline([segment(0)], 3), AUDIO);
    expect(open).toMatchObject({ time: 2_000, duration: 2_025, wallClockMs: 1_002_000 });
    expect(next).toEqual({ epoch: 'a', number: 2, time: 4_025, duration: 2_025, wallClockMs: 1_004_025 });
  });

  test('of a channel that has ended is nothing', () => {
    const ended = timeline([segment(0)], 0);
    ended.end();
    expect(expected(ended, VIDEO)).toEqual({ open: null, next: null });
  });
});
