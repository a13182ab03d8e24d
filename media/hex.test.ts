import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { fromHex, toHex } from './hex.ts';

test('bytes as text are the same bytes again', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes);
    }),
  );
});

test.each(['', 'a', 'abc', '0x', ' 00'])('%j is no bytes', (text) => {
  expect(fromHex(text)).toBeNull();
});
