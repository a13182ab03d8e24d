import { expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { parse, print } from './scale.ts';

test.each([
  ['1', 1],
  ['2.5', 2.5],
  ['-1', -1],
  ['0.125', 0.125],
])('%s times the usual speed', (text, scale) => {
  expect(parse(text)).toBe(scale);
  expect(print(scale)).toBe(text);
});

test.each([
  [' 1.0 ', 1],
  ['1.', 1],
])('%j is read', (text, scale) => {
  expect(parse(text)).toBe(scale);
});

test.each(['', '0', '-0', '0.0', 'fast', '1e3', '--1', '1,2', '9999999999'])('%j is no speed', (text) => {
  expect(parse(text)).toBeNull();
});

test('any text is a speed or none', () => {
  brokenBytes(new TextEncoder().encode('-12.5'), (bytes) => parse(new TextDecoder().decode(bytes)));
});
