import { expect, test } from 'bun:test';
import { Playback } from './playback.ts';

/** Each step: time in ms, seconds in memory, whether that is all. */
function play(steps: readonly (readonly [number, number, boolean?])[]) {
  const playback = new Playback(1_000);
  for (const [atMs, buffered, complete = false] of steps) playback.advance(atMs, buffered, complete);
  const { startupMs, position, stalls, stalledMs } = playback;
  return { startupMs, position, stalls, stalledMs };
}

test('it starts with the first segment', () => {
  expect(play([[1_200, 0]])).toEqual({ startupMs: null, position: 0, stalls: 0, stalledMs: 0 });
  expect(
    play([
      [1_200, 0],
      [1_300, 2],
    ]),
  ).toEqual({ startupMs: 300, position: 0, stalls: 0, stalledMs: 0 });
});

test('it plays in real time', () => {
  expect(
    play([
      [1_300, 2],
      [2_300, 4],
      [4_300, 6],
    ]),
  ).toEqual({
    startupMs: 300,
    position: 3,
    stalls: 0,
    stalledMs: 0,
  });
});

test('it stalls when nothing is left, from when nothing was left', () => {
  expect(
    play([
      [1_000, 2],
      [3_500, 2],
      [4_000, 4],
      [4_500, 4],
    ]),
  ).toEqual({
    startupMs: 0,
    position: 2.5,
    stalls: 1,
    stalledMs: 1_000,
  });
});

test('the end is no stall', () => {
  expect(
    play([
      [1_000, 2],
      [9_000, 2, true],
    ]),
  ).toEqual({ startupMs: 0, position: 2, stalls: 0, stalledMs: 0 });
});
