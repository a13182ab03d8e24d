import { expect, test } from 'bun:test';
import { type Lag, leapOf, paceOf } from './pace.ts';

const there: Lag = { latencyMs: 600, targetMs: 600, bufferMs: 500, chunkMs: 200 };

const TABLE: readonly (readonly [string, Partial<Lag>, number])[] = [
  ['is where it should be', {}, 1],
  ['is nearly there', { latencyMs: 630 }, 1],
  ['is a little late', { latencyMs: 700 }, 1.05],
  ['is late', { latencyMs: 1_600 }, 1.1],
  ['is late, and holds hardly more than what plays', { latencyMs: 1_600, bufferMs: 299 }, 1],
  ['is a little too close', { latencyMs: 540 }, 0.97],
  ['is too close', { latencyMs: 100, bufferMs: 50 }, 0.95],
  ['has rewound', { latencyMs: 4_601 }, 1],
  ['is ahead of what there is', { latencyMs: -200, bufferMs: 0 }, 0.95],
];

test.each(TABLE)('a viewer who %s', (_, lag, pace) => {
  expect(paceOf({ ...there, ...lag })).toBe(pace);
});

const LEAPS: readonly (readonly [string, Partial<Lag>, number])[] = [
  ['is where it should be', {}, 0],
  ['is late', { latencyMs: 1_600, bufferMs: 1_500 }, 1_000],
  ['is late, and holds less', { latencyMs: 1_600, bufferMs: 1_000 }, 700],
  ['is late, and holds hardly anything', { latencyMs: 1_600, bufferMs: 400 }, 0],
  ['is a little late', { latencyMs: 799, bufferMs: 1_500 }, 0],
  ['is too close', { latencyMs: 100, bufferMs: 1_500 }, 0],
];

test.each(LEAPS)('a viewer who begins and %s', (_, lag, leapMs) => {
  expect(leapOf({ ...there, ...lag })).toBe(leapMs);
});
