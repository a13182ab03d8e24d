import { describe, expect, test } from 'bun:test';
import type { Segment } from '../../media/timeline.ts';
import { quiet } from '../../tests/quiet.ts';
import { PresentationId, TrackId } from '../../wire/ids.ts';
import type { Station } from '../station.ts';
import { Retention } from './retention.ts';

const WINDOW_MS = 60_000;
const track = TrackId.parse('v720');

const segment = (number: number): Segment => ({
  ...{
    epoch: 'e0',
    discontinuity: 0,
    number,
    time: 0,
    duration: 1,
    size: 1,
    independent: true,
    wallClockMs: 0,
  },
});

function retention(remove: (key: string) => Promise<void> = () => Promise.resolve()) {
  const removed: string[] = [];
  const clock = { nowMs: 1_000, now: () => clock.nowMs };
  const storage = {
    remove: (key: string) => {
      removed.push(key);
      return remove(key);
    },
  };
  const station = { clock, storage, log: quiet } as unknown as Station;
  return { removed, clock, it: new Retention(PresentationId.parse('demo'), WINDOW_MS, station) };
}

describe('a segment that left the window', () => {
  test('stays for as long as a player may hold a playlist with it, then goes', () => {
    const { removed, clock, it } = retention();
    it.gone(track, [segment(0)]);
    clock.nowMs += WINDOW_MS - 1;
    it.gone(track, [segment(1)]);
    expect(removed).toEqual([]);
    clock.nowMs += 1;
    it.gone(track, [segment(2)]);
    expect(removed).toEqual(['demo/v720/e0/0.m4s']);
  });

  test('is removed once', () => {
    const { removed, clock, it } = retention();
    it.gone(track, [segment(0), segment(1)]);
    clock.nowMs += WINDOW_MS;
    it.gone(track, []);
    it.gone(track, []);
    expect(removed).toEqual(['demo/v720/e0/0.m4s', 'demo/v720/e0/1.m4s']);
  });

  test('that can not be removed harms no other', () => {
    const { removed, clock, it } = retention(() => Promise.reject(new Error('no')));
    it.gone(track, [segment(0), segment(1)]);
    clock.nowMs += WINDOW_MS;
    it.gone(track, []);
    expect(removed).toHaveLength(2);
  });
});

test('what an earlier run left is removed too: old segments, and epochs that are not on the timeline', async () => {
  const removed: string[] = [];
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const folders: Record<string, string[]> = {
    'demo/v720': ['e0', 'old'],
    'demo/v720/e0': ['init.mp4', '3.m4s', '4.m4s', '5.m4s'],
  };
  const storage = {
    list: (key: string) => Promise.resolve(folders[key] ?? []),
    remove: (key: string) => Promise.resolve(void removed.push(key)),
  };
  const station = { clock, storage, log: quiet } as unknown as Station;
  const it = new Retention(PresentationId.parse('demo'), WINDOW_MS, station);
  await it.sweep(track, { segments: [segment(4), segment(5)] });
  clock.nowMs = WINDOW_MS;
  it.gone(track, []);
  expect(removed).toEqual(['demo/v720/e0/3.m4s', 'demo/v720/old']);
});
