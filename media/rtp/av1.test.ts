import { expect, test } from 'bun:test';
import { obus } from './av1.ts';
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
