import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { obus, payloads } from './av1.ts';
import { MalformedPayload } from './packet.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test.each<[string, readonly Uint8Array[], readonly (readonly number[])[]]>([
  ['one that is counted', [bytes(0x10, 0x32, 1)], [[0x32, 1]]],
  [
    'two that are counted',
    [bytes(0x20, 2, 0x0a, 7, 0x32, 1, 2)],
    [
      [0x0a, 7],
      [0x32, 1, 2],
    ],
  ],
  ['two with their lengths', [bytes(0x00, 2, 0x0a, 7, 1, 0x32)], [[0x0a, 7], [0x32]]],
  ['one in two packets', [bytes(0x50, 0x32, 1), bytes(0x90, 2)], [[0x32, 1, 2]]],
  ['one in three packets', [bytes(0x50, 0x32), bytes(0xd0, 2), bytes(0x90, 3)], [[0x32, 2, 3]]],
  ['a whole one before a fragment', [bytes(0x60, 1, 0x12, 0x32, 1), bytes(0x90, 2)], [[0x12], [0x32, 1, 2]]],
])('OBUs: %s', (_, payloads, expected) => {
  expect(obus(payloads).map((obu) => [...obu])).toEqual(expected.map((obu) => [...obu]));
});

test.each<[string, readonly Uint8Array[]]>([
  ['nothing', [bytes()]],
  ['a header alone', [bytes(0x10)]],
  ['fewer than are counted', [bytes(0x30, 1, 0x12)]],
  ['a length that is too long', [bytes(0x00, 9, 1)]],
  ['a length without end', [bytes(0x00, 0x80, 0x80)]],
  ['a fragment without start', [bytes(0x90, 2)]],
  ['a fragment without end', [bytes(0x50, 2)]],
  ['a start where a fragment should be', [bytes(0x50, 2), bytes(0x10, 3)]],
])('are not made up from %s', (_, payloads) => {
  expect(() => obus(payloads)).toThrow(MalformedPayload);
});

test('payloads hold the OBUs that went in, in pieces that fit', () => {
  const units = fc.array(fc.uint8Array({ minLength: 1, maxLength: 700 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(units, fc.boolean(), fc.integer({ min: 8, max: 300 }), (sent, isNew, maxBytes) => {
      const made = payloads(sent, isNew, maxBytes);
      expect(obus(made)).toEqual(sent);
      expect(Math.max(...made.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes);
      expect(made.map(([head = 0]) => (head & 0x08) !== 0)).toEqual(made.map((_, at) => isNew && at === 0));
    }),
  );
});

test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
  ['none', [], []],
  ['one', [bytes(0x30, 1)], [bytes(0x18, 0x30, 1)]],
  ['three that are counted', [bytes(1), bytes(2), bytes(3)], [bytes(0x38, 1, 1, 1, 2, 3)]],
  ['four with their lengths', [bytes(1), bytes(2), bytes(3), bytes(4)], [bytes(8, 1, 1, 1, 2, 1, 3, 1, 4)]],
  [
    'one in two packets',
    [bytes(...Array.from({ length: 12 }, (_, index) => index))],
    [bytes(0x58, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), bytes(0x90, 11)],
  ],
])('payloads of OBUs: %s', (_, units, made) => {
  expect(payloads(units, true, 14)).toEqual([...made]);
});
