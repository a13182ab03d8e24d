import { expect, test } from 'bun:test';
import { parseSeconds } from './seconds.ts';

test.each([
  ['30s', 30],
  ['90', 90],
  ['1.5m', 90],
  ['1h', 3600],
  ['500ms', 0.5],
  ['', null],
  ['-1s', null],
  ['1d', null],
  ['s', null],
])('%p', (text, seconds) => expect(parseSeconds(text)).toBe(seconds));
