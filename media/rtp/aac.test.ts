import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { frames, HIGH_BIT_RATE, payloads } from './aac.ts';
import { MalformedPayload } from './packet.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const read = (...payloads: readonly Uint8Array[]) => frames(payloads, HIGH_BIT_RATE);
/** Two frames, of two bytes and of one. */
const TWO = bytes(0, 32, 0, 2 << 3, 0, 1 << 3, 7, 8, 9);

describe('frames of AAC', () => {
  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    ['alone', [bytes(0, 16, 0, 2 << 3, 7, 8)], [bytes(7, 8)]],
    ['two in a packet', [TWO], [bytes(7, 8), bytes(9)]],
    ['two in two packets', [bytes(0, 16, 0, 8, 7), bytes(0, 16, 0, 8, 8)], [bytes(7), bytes(8)]],
    ['in fragments', [bytes(0, 16, 0, 3 << 3, 7), bytes(0, 16, 0, 3 << 3, 8, 9)], [bytes(7, 8, 9)]],
    ['none', [], []],
  ])('%s', (_, payloads, found) => {
    expect(read(...payloads)).toEqual([...found]);
  });

  test('of headers of other sizes', () => {
    expect(frames([bytes(0, 8, 2 << 2, 7, 8)], { size: 6, index: 2, indexDelta: 2 })).toEqual([bytes(7, 8)]);
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['one byte', [bytes(0)]],
    ['headers cut short', [bytes(0, 32, 0, 8)]],
    ['a frame cut short', [bytes(0, 32, 0, 8, 0, 16, 7, 8)]],
    ['a fragment missing', [bytes(0, 16, 0, 3 << 3, 7)]],
    ['interleaved frames', [bytes(0, 16, 0, (1 << 3) | 1, 7)]],
  ])('are not made up from %s', (_, payloads) => {
    expect(() => read(...payloads)).toThrow(MalformedPayload);
  });

  test('of broken bytes are malformed or frames', () => {
    brokenBytes(TWO, (payload) => read(payload), [MalformedPayload]);
  });
});

test('payloads hold the frame that went in, in pieces that fit', () => {
  const sent = fc.uint8Array({ minLength: 1, maxLength: 3_000 });
  fc.assert(
    fc.property(sent, fc.integer({ min: 8, max: 1_200 }), (frame, maxBytes) => {
      const made = payloads(frame, maxBytes);
      expect(frames(made, HIGH_BIT_RATE)).toEqual([frame]);
      expect(Math.max(...made.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes);
    }),
  );
});

test('a frame of more bytes than 13 bits count has no payloads', () => {
  expect(payloads(new Uint8Array(8_191), 1_200).length).toBe(7);
  expect(() => payloads(new Uint8Array(8_192), 1_200)).toThrow(MalformedPayload);
});
