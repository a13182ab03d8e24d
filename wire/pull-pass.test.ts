import { expect, test } from 'bun:test';
import { KEY, KEYS, SPARE, tokenOf } from '../tests/tokens.ts';
import { isPass, print } from './pull-pass.ts';
import { keyOf } from './token-keys.ts';

const NOW = 1_795_000_000_500;
const PATH = '/v/bbb/v720/mi7d2k1x/3.m4s';
const pass = print(PATH, KEY, NOW);

test.each<[string, string, string, number, boolean]>([
  ['at once', pass, PATH, NOW, true],
  ['of the other key', print(PATH, SPARE, NOW), PATH, NOW, true],
  ['a minute later', pass, PATH, NOW + 60_000, true],
  ['by a clock that is behind', pass, PATH, NOW - 25_000, true],
  ['two minutes later', pass, PATH, NOW + 120_000, false],
  ['from a far future', print(PATH, KEY, NOW + 3_600_000), PATH, NOW, false],
  ['for another path', pass, '/v/bbb/v720/mi7d2k1x/4.m4s', NOW, false],
  ['of a key that is not ours', print(PATH, keyOf('x'.repeat(32)), NOW), PATH, NOW, false],
  ['that is a viewer’s token', tokenOf(NOW), PATH, NOW, false],
  ['that is cut', pass.slice(0, -1), PATH, NOW, false],
  ['that is none', '', PATH, NOW, false],
])('a pass %s', (_, text, path, nowMs, expected) => {
  expect(isPass(text, path, KEYS, nowMs)).toBe(expected);
});
