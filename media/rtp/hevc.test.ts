import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes, FUZZ_RUNS } from '../../tests/broken-bytes.ts';
import { nalUnits, payloads } from './hevc.ts';
import { MalformedPayload } from './packet.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const AGGREGATE = bytes(0x60, 1, 0, 3, 0x40, 1, 9, 0, 2, 0x42, 1);

describe('NAL units of HEVC', () => {
  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    ['alone', [bytes(0x26, 1, 2)], [bytes(0x26, 1, 2)]],
    ['of an aggregate', [AGGREGATE], [bytes(0x40, 1, 9), bytes(0x42, 1)]],
    [
      'of fragments',
      [bytes(0x62, 1, 0x93, 1), bytes(0x62, 1, 0x13, 2), bytes(0x62, 1, 0x53, 3)],
      [bytes(0x26, 1, 1, 2, 3)],
    ],
  ])('%s', (_, payloads, units) => {
    expect(nalUnits(payloads)).toEqual([...units]);
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['nothing', [bytes()]],
    ['half a header', [bytes(0x26)]],
    ['an aggregate cut short', [bytes(0x60, 1, 0, 5, 1)]],
    ['an aggregate with a unit of one byte', [bytes(0x60, 1, 0, 1, 1)]],
    ['a fragment without header', [bytes(0x62, 1)]],
    ['a fragment without start', [bytes(0x62, 1, 0x13, 1), bytes(0x62, 1, 0x53, 2)]],
    ['a fragment without end', [bytes(0x62, 1, 0x93, 1)]],
    ['two starts', [bytes(0x62, 1, 0x93, 1), bytes(0x62, 1, 0x93, 1)]],
    ['a unit inside fragments', [bytes(0x62, 1, 0x93, 1), bytes(0x02, 1), bytes(0x62, 1, 0x53, 1)]],
    ['content information', [bytes(0x64, 1, 0)]],
  ])('are not made up from %s', (_, payloads) => {
    expect(() => nalUnits(payloads)).toThrow(MalformedPayload);
  });

  test('of broken bytes are malformed or units', () => {
    brokenBytes(AGGREGATE, (payload) => nalUnits([payload, bytes(0x62, 1, 0x93, 1)]), [MalformedPayload]);
  });
});

test('a unit cut into fragments of any size is the same again', () => {
  const unit = fc.uint8Array({ minLength: 2, maxLength: 500 });
  fc.assert(
    fc.property(unit, fc.integer({ min: 1, max: 200 }), (random, size) => {
      const parts = Array.from({ length: Math.ceil(random.length / size) }, (_, index) => {
        const last = (index + 1) * size >= random.length;
        const header = 19 | (index === 0 ? 0x80 : 0) | (last ? 0x40 : 0);
        return Uint8Array.of(0x62, 1, header, ...random.subarray(index * size, (index + 1) * size));
      });
      expect(nalUnits(parts)).toEqual([Uint8Array.of(0x26, 1, ...random)]);
    }),
    { numRuns: Math.min(FUZZ_RUNS, 1_000) },
  );
});

/** NAL units of types that may be sent, and of any layer. */
const units = fc.array(
  fc
    .tuple(fc.nat(47), fc.nat(63), fc.integer({ min: 1, max: 7 }), fc.uint8Array({ maxLength: 400 }))
    .map(([type, layer, temporal, body]) =>
      Uint8Array.of((type << 1) | (layer >> 5), ((layer & 31) << 3) | temporal, ...body),
    ),
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

  test('of an aggregate are of the lowest layer and temporal layer in it', () => {
    const made = payloads([bytes(0x40, 0x11, 1), bytes(0x42, 0x0a, 2)], 20);
    expect(made).toEqual([bytes(0x60, 0x09, 0, 3, 0x40, 0x11, 1, 0, 3, 0x42, 0x0a, 2)]);
  });
});
