import { expect, test } from 'bun:test';
import { fromBase64 } from './base64.ts';

test.each([
  ['', []],
  ['Z2Q=', [0x67, 0x64]],
  ['Z2Q', [0x67, 0x64]],
  ['_-8', [0xff, 0xef]],
])('%j is read', (text, bytes) => {
  expect(fromBase64(text)).toEqual(Uint8Array.from(bytes));
});

test.each(['a', '!', 'Z2Q=x', 'ä'])('%j is none', (text) => {
  expect(fromBase64(text)).toBeNull();
});
