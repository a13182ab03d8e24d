import { expect, test } from 'bun:test';
import { align, spread } from './columns.ts';

test('the first column stands left, the others right', () => {
  expect(
    align([
      ['', 'n'],
      ['one', '1'],
      ['two', '22'],
    ]),
  ).toBe('       n\none    1\ntwo   22\n');
});

test('of no lines nothing is made', () => expect(align([])).toBe(''));

test('a spread is a median and its bounds', () => {
  expect(spread({ median: 2, min: 1, max: 4 }, (value) => value.toFixed(1))).toBe('2.0 (1.0–4.0)');
  expect(spread(null, String)).toBe('–');
});
