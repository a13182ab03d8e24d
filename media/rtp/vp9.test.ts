import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { MalformedPayload } from './packet.ts';
import { frame, payloads } from './vp9.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

test.each<[string, readonly Uint8Array[], readonly number[]]>([
  ['no more than flags', [bytes(0x0c, 1, 2)], [1, 2]],
  ['a short picture id', [bytes(0x8c, 5, 1)], [1]],
  ['a long picture id', [bytes(0x8c, 0x85, 7, 1)], [1]],
  ['layers', [bytes(0x2c, 0, 9, 1)], [1]],
  ['layers in flexible mode, with references', [bytes(0x7c, 0, 0x03, 0x04, 1)], [1]],
  ['a structure with sizes and pictures', [bytes(0x0e, 0x18, 0, 64, 0, 48, 1, 0x04, 1, 42)], [42]],
  ['two packets', [bytes(0x08, 1), bytes(0x04, 2)], [1, 2]],
  ['a second layer, which is left out', [bytes(0x2c, 0, 9, 1), bytes(0x2c, 2, 9, 2)], [1]],
])('a frame behind %s', (_, payloads, expected) => {
  expect([...frame(payloads)]).toEqual([...expected]);
});

test.each<[string, readonly Uint8Array[]]>([
  ['nothing', [bytes()]],
  ['a descriptor alone', [bytes(0x0c)]],
  ['a descriptor cut short', [bytes(0x8c, 0x85)]],
  ['a structure cut short', [bytes(0x0e, 0xf8, 0, 64)]],
  ['no start', [bytes(0x04, 2)]],
  ['no end', [bytes(0x08, 1)]],
  ['two starts', [bytes(0x08, 1), bytes(0x0c, 2)]],
  ['only a higher layer', [bytes(0x2c, 2, 9, 2)]],
])('no frame is made up from %s', (_, payloads) => {
  expect(() => frame(payloads)).toThrow(MalformedPayload);
});

test('payloads hold the frame that went in, in pieces that fit', () => {
  const frames = fc.uint8Array({ minLength: 1, maxLength: 2_000 });
  fc.assert(
    fc.property(
      frames,
      fc.nat(),
      fc.boolean(),
      fc.integer({ min: 8, max: 300 }),
      (sent, id, isPredicted, maxBytes) => {
        const made = payloads({ frame: sent, id, isPredicted }, maxBytes);
        expect(frame(made)).toEqual(sent);
        expect(Math.max(...made.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes);
      },
    ),
  );
});

test('payloads say which picture they are of, where it starts and ends, and that it needs others', () => {
  const made = payloads({ frame: bytes(1, 2, 3), id: 0x1_8005, isPredicted: true }, 4);
  expect(made).toEqual([bytes(0xc8, 0x80, 5, 1), bytes(0xc0, 0x80, 5, 2), bytes(0xc4, 0x80, 5, 3)]);
  expect(payloads({ frame: bytes(1), id: 300, isPredicted: false }, 4)).toEqual([bytes(0x8c, 0x81, 44, 1)]);
});
