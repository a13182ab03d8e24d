import { describe, expect, test } from 'bun:test';
import { Clock } from './clock.ts';

type Step = readonly ['audio' | 'video', number];

describe('times', () => {
  test.each<[string, readonly Step[], readonly (number | null)[]]>([
    [
      'count on',
      [
        ['video', 500],
        ['audio', 510],
        ['video', 533],
      ],
      [10_000, 10_010, 10_033],
    ],
    [
      'start anywhere',
      [
        ['video', 0xfff0_0000],
        ['video', 0xfff0_0021],
      ],
      [10_000, 10_033],
    ],
    [
      'go on where timestamps wrap',
      [
        ['video', 0xffff_fff0],
        ['video', 0x11],
      ],
      [10_000, 10_033],
    ],
    [
      'go on where only 31 bits of them are used',
      [
        ['video', 0x7fff_fff0],
        ['audio', 0x7fff_ffff],
        ['video', 0x11],
      ],
      [10_000, 10_015, 10_033],
    ],
    [
      'of one track may lie behind the other',
      [
        ['video', 9_000],
        ['audio', 0],
        ['audio', 20],
      ],
      [10_000, 1_000, 1_020],
    ],
    [
      'may step back a little',
      [
        ['video', 500],
        ['video', 100],
      ],
      [10_000, 9_600],
    ],
    [
      'may have gaps',
      [
        ['video', 0],
        ['video', 9_999],
      ],
      [10_000, 19_999],
    ],
    [
      'do not jump forward',
      [
        ['video', 0],
        ['video', 10_000],
      ],
      [10_000, null],
    ],
    [
      'do not jump back',
      [
        ['video', 2_000],
        ['video', 900],
      ],
      [10_000, null],
    ],
    [
      'of one track do not lie too far behind the other',
      [
        ['video', 10_000],
        ['audio', 0],
      ],
      [10_000, null],
    ],
    [
      'do not count from a jump',
      [
        ['video', 0],
        ['video', 50_000],
        ['video', 33],
      ],
      [10_000, null, 10_033],
    ],
  ])('%s', (_, steps, times) => {
    const clock = new Clock();
    expect(steps.map(([kind, timestamp]) => clock.read(kind, timestamp))).toEqual([...times]);
  });
});
