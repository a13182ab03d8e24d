import { expect, test } from 'bun:test';
import { WRAP } from './clock.ts';
import { RunningClock } from './running-clock.ts';

type Step = readonly [track: number, timestamp: number];

const SECOND = 90_000;

test.each<[string, readonly Step[], readonly number[]]>([
  [
    'count on',
    [
      [1, 500],
      [0, 510],
      [1, 4_100],
    ],
    [500, 510, 4_100],
  ],
  [
    'go on where timestamps wrap',
    [
      [1, WRAP - 100],
      [1, 3_500],
      [0, 3_400],
    ],
    [WRAP - 100, WRAP + 3_500, WRAP + 3_400],
  ],
  [
    'keep a gap',
    [
      [1, 0],
      [1, 3_600],
      [1, 9 * SECOND],
    ],
    [0, 3_600, 9 * SECOND],
  ],
  [
    'go on where they jump ahead, and the other track moves by as much',
    [
      [1, 0],
      [0, 0],
      [1, 3_600],
      [0, 1_920],
      [1, 500 * SECOND],
      [0, 3_840],
      [0, 500 * SECOND + 40],
    ],
    [0, 0, 3_600, 1_920, 7_200, 3_840, 7_240],
  ],
  [
    'go on where they jump back',
    [
      [1, 500 * SECOND],
      [1, 500 * SECOND + 3_600],
      [1, 0],
      [0, 0],
    ],
    [500 * SECOND, 500 * SECOND + 3_600, 500 * SECOND + 7_200, 500 * SECOND + 7_200],
  ],
  [
    'may go back a little',
    [
      [1, SECOND],
      [1, SECOND / 2],
    ],
    [SECOND, SECOND / 2],
  ],
])('times %s', (_, steps, times) => {
  const clock = new RunningClock();
  expect(steps.map(([track, timestamp]) => clock.read(track, timestamp))).toEqual([...times]);
});
