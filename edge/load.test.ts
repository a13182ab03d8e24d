import { describe, expect, test } from 'bun:test';
import { Load } from './load.ts';

function loaded() {
  const clock = { nowMs: 1_700_000_000_000, now: () => clock.nowMs, every: () => () => {} };
  const load = new Load(clock);
  const wait = (seconds: number) => {
    clock.nowMs += seconds * 1_000;
    load.tick();
  };
  return { load, wait, clock };
}

const NOTHING = { viewers: 0, egressBitsPerSecond: 0 };

describe('load', () => {
  test('is nothing at the start', () => {
    expect(loaded().load.measure()).toEqual(NOTHING);
  });

  test('does not count the second that still runs', () => {
    const { load, wait } = loaded();
    load.count(2, 1_000);
    expect(load.measure()).toEqual(NOTHING);
    wait(1);
    expect(load.measure()).toEqual({ viewers: 0.2, egressBitsPerSecond: 800 });
  });

  test('of players who take 2 s of media every 2 s is as many viewers', () => {
    const { load, wait } = loaded();
    for (let second = 0; second < 20; second++) {
      if (second % 2 === 0) for (let player = 0; player < 7; player++) load.count(2, 500_000);
      wait(1);
    }
    expect(load.measure()).toEqual({ viewers: 7, egressBitsPerSecond: (7 * 500_000 * 8) / 2 });
  });

  test('of requests that stand for no media is no viewer, but bytes', () => {
    const { load, wait } = loaded();
    load.count(0, 1_000);
    wait(1);
    expect(load.measure()).toEqual({ viewers: 0, egressBitsPerSecond: 800 });
  });

  test('is forgotten ten seconds later, and not before', () => {
    const { load, wait } = loaded();
    load.count(10, 0);
    wait(10);
    expect(load.measure().viewers).toBe(1);
    wait(1);
    expect(load.measure().viewers).toBe(0);
  });

  test.each([11, 12, 60, 3_600])('is forgotten when nobody looked for %d s', (seconds) => {
    const { load, wait } = loaded();
    for (let second = 0; second < 15; second++) {
      load.count(1, 1);
      wait(1);
    }
    wait(seconds);
    expect(load.measure()).toEqual(NOTHING);
  });

  test('is the same however often the clock is looked at', () => {
    const { load, wait } = loaded();
    for (let quarter = 0; quarter < 60; quarter++) {
      load.count(0.25, 0);
      wait(0.25);
    }
    expect(load.measure().viewers).toBe(1);
  });

  test('adds up over its whole life', () => {
    const { load, wait } = loaded();
    load.count(1, 10);
    wait(100);
    load.count(0, 5);
    expect(load).toMatchObject({ totalRequests: 2, totalBytes: 15 });
  });
});
