import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { parse, print, type Range } from './range.ts';

const range = (start: Range['start'], end: Range['end']) =>
  ({ kind: 'range', range: { start, end } }) as const;

describe('a range', () => {
  test.each<[string, Range]>([
    ['npt=0-', { start: 0, end: null }],
    ['npt=0-30.5', { start: 0, end: 30.5 }],
    ['npt=now-', { start: 'now', end: null }],
    ['npt=-20', { start: null, end: 20 }],
    ['npt=20-10', { start: 20, end: 10 }],
    ['npt=now-60', { start: 'now', end: 60 }],
  ])('%s is read, and printed as it was', (text, expected) => {
    expect(parse(text)).toEqual({ kind: 'range', range: expected });
    expect(print(expected)).toBe(text);
  });

  test.each([
    ['npt=0.000-', range(0, null)],
    ['npt = 1:02:03.5 - 2:00:00', range(3_723.5, 7_200)],
    ['NPT=NOW-', range('now', null)],
    ['npt=5.-6.;time=20260101T000000Z', range(5, 6)],
    ['clock=19961108T142300Z-', { kind: 'unknown-unit', unit: 'clock' }],
    ['smpte-30-drop=10:07:00-', { kind: 'unknown-unit', unit: 'smpte-30-drop' }],
  ] as const)('%s is read', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ...[
      '',
      'npt',
      'npt=',
      'npt=-',
      'npt=5',
      'npt=a-b',
      'npt=1-now',
      'npt=1:2-',
      'npt=0:60:00-',
      'npt=0:00:61-',
    ],
    ...['npt=.5-', 'npt=--1', 'npt=1-2-3', 'npt=1e9-', `npt=${'9'.repeat(20)}-`],
  ])('%j is none', (text) => {
    expect(parse(text)).toEqual({ kind: 'malformed' });
  });

  test('that is printed is read as it was, to a microsecond', () => {
    const seconds = fc.nat(2 ** 40).map((microseconds) => microseconds / 1e6);
    const start = fc.oneof(seconds, fc.constant('now' as const));
    fc.assert(
      fc.property(start, fc.option(seconds), (from, end) => {
        expect(parse(print({ start: from, end }))).toEqual(range(from, end));
      }),
    );
  });

  test('of any text is something', () => {
    brokenBytes(new TextEncoder().encode('npt=1:02:03.5-7200.25'), (bytes) =>
      parse(new TextDecoder().decode(bytes)),
    );
  });
});
