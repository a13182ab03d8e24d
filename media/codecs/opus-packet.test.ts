import { expect, test } from 'bun:test';
import { codec } from './opus.ts';
import { durationOf, writeConfiguration } from './opus-packet.ts';

const toc = (config: number, code: number) => (config << 3) | code;

test.each<[string, readonly number[], number | null]>([
  ['SILK of 60 ms', [toc(3, 0)], 2_880],
  ['hybrid of 20 ms', [toc(13, 0)], 960],
  ['CELT of 2.5 ms', [toc(28, 0)], 120],
  ['CELT of 20 ms', [toc(31, 0)], 960],
  ['two frames', [toc(31, 1)], 1_920],
  ['two frames of different sizes', [toc(31, 2)], 1_920],
  ['six frames', [toc(31, 3), 6], 5_760],
  ['nothing', [], null],
  ['a count that is missing', [toc(31, 3)], null],
  ['no frames', [toc(31, 3), 0], null],
  ['more than 120 ms', [toc(3, 3), 3], null],
])('an Opus packet of %s', (_, bytes, duration) => {
  expect(durationOf(Uint8Array.from(bytes))).toBe(duration);
});

test.each([1, 2] as const)('the record of %d channels is one', (channels) => {
  expect(codec(writeConfiguration(channels))).toBe('opus');
});
