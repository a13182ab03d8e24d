import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromBase64, toBase64 } from './base64.ts';

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

test('bytes as text are the same bytes again', () => {
  expect(toBase64(Uint8Array.of(0x67, 0x64))).toBe('Z2Q=');
  fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(fromBase64(toBase64(bytes))).toEqual(bytes)));
});
