import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { nalUnits, payloads } from './h264.ts';
import { MalformedPayload } from './packet.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);

describe('NAL units', () => {
  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    ['alone', [bytes(0x65, 1, 2)], [bytes(0x65, 1, 2)]],
    ['of an aggregate', [bytes(0x78, 0, 2, 0x67, 1, 0, 3, 0x68, 2, 3)], [bytes(0x67, 1), bytes(0x68, 2, 3)]],
    [
      'of fragments',
      [bytes(0x7c, 0x85, 1, 2), bytes(0x7c, 0x05, 3), bytes(0x7c, 0x45, 4)],
      [bytes(0x65, 1, 2, 3, 4)],
    ],
    [
      'of all kinds',
      [bytes(0x78, 0, 1, 0x67), bytes(0x7c, 0x85, 1), bytes(0x7c, 0x45, 2), bytes(0x41)],
      [bytes(0x67), bytes(0x65, 1, 2), bytes(0x41)],
    ],
  ])('%s', (_, payloads, units) => {
    expect(nalUnits(payloads)).toEqual([...units]);
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['nothing', [bytes()]],
    ['an aggregate cut short', [bytes(0x78, 0, 5, 1)]],
    ['an aggregate with an empty unit', [bytes(0x78, 0, 0, 0, 1, 1)]],
    ['half a length', [bytes(0x78, 0)]],
    ['a fragment without header', [bytes(0x7c)]],
    ['a fragment without start', [bytes(0x7c, 0x05, 1), bytes(0x7c, 0x45, 2)]],
    ['a fragment without end', [bytes(0x7c, 0x85, 1)]],
    ['two starts', [bytes(0x7c, 0x85, 1), bytes(0x7c, 0x85, 1)]],
    ['a unit inside fragments', [bytes(0x7c, 0x85, 1), bytes(0x41), bytes(0x7c, 0x45, 2)]],
    ['interleaved packets', [bytes(0x79, 0, 0, 1)]],
  ])('are not made up from %s', (_, payloads) => {
    expect(() => nalUnits(payloads)).toThrow(MalformedPayload);
  });
});

test('a unit cut into fragments of any size is the same again', () => {
  const unit = fc.uint8Array({ minLength: 2, maxLength: 500 });
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 200 }), (random, size) => {
      const whole = Uint8Array.of(0x65, ...random);
      const parts = Array.from({ length: Math.ceil(random.length / size) }, (_, index) => {
        const last = (index + 1) * size >= random.length;
        const header = 5 | (index === 0 ? 0x80 : 0) | (last ? 0x40 : 0);
        return Uint8Array.of(0x7c, header, ...random.subarray(index * size, (index + 1) * size));
      });
      expect(nalUnits(parts)).toEqual([whole]);
    }),
  );
});

/** NAL units of types that may be sent, and of any importance. */
const units = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 23 }), fc.nat(3), fc.uint8Array({ maxLength: 400 }))
    .map(([type, importance, body]) => Uint8Array.of((importance << 5) | type, ...body)),
  { minLength: 1, maxLength: 12 },
);

describe('payloads', () => {
  test('hold the units that went in, in pieces that fit', () => {
    fc.assert(
      fc.property(units, fc.integer({ min: 16, max: 300 }), (sent, maxBytes) => {
        const made = payloads(sent, maxBytes);
        expect(nalUnits(made)).toEqual(sent);
        expect(Math.max(...made.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  test('of parameter sets and a large slice are an aggregate and fragments', () => {
    const made = payloads([bytes(0x67, 1), bytes(0x68, 2), Uint8Array.of(0x65, ...new Uint8Array(30))], 20);
    expect(made.map(([head = 0, second = 0]) => [head, second & 0xe0])).toEqual([
      ...[
        [0x78, 0],
        [0x7c, 0x80],
        [0x7c, 0x40],
      ],
    ]);
  });

  test('of an aggregate matter as much as the unit that matters most', () => {
    expect(payloads([bytes(0x06, 1), bytes(0x41, 2)], 20)).toEqual([
      bytes(0x58, 0, 2, 0x06, 1, 0, 2, 0x41, 2),
    ]);
  });
});
