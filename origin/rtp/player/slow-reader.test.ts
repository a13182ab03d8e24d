import { describe, expect, test } from 'bun:test';
import { systemClock } from '../../../runtime/clock.ts';
import { SlowReader } from './slow-reader.ts';

function start() {
  let nowMs = 0;
  let drops = 0;
  const cuts: string[] = [];
  const reader = new SlowReader({
    clock: { ...systemClock, now: () => nowMs },
    onDrop: () => {
      drops += 1;
    },
    cut: (reason) => cuts.push(reason),
  });
  const at = (ms: number, hasRoom: boolean, startsAnew = false) => {
    nowMs = ms;
    return reader.takes(hasRoom, startsAnew);
  };
  return { at, cuts, drops: () => drops };
}

describe('who reads slowly', () => {
  test('is given nothing until a key frame finds room', () => {
    const { at, drops, cuts } = start();
    const taken = [at(0, true), at(40, false), at(80, true), at(120, false, true), at(160, true, true)];
    expect([...taken, at(200, true)]).toEqual([true, false, false, false, true, true]);
    expect({ drops: drops(), cuts }).toEqual({ drops: 3, cuts: [] });
  });

  test('is cut off when it stays so, and not when it recovers in between', () => {
    const { at, cuts } = start();
    for (const ms of [0, 4_000, 8_000, 14_000, 18_000]) at(ms, false);
    expect(cuts).toEqual([]);
    for (const ms of [22_000, 26_000]) at(ms, false);
    expect(cuts).toEqual([expect.stringContaining('more slowly than the stream')]);
  });
});
