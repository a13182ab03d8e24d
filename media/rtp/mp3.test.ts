import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { join } from '../join.ts';
import { frames, payloads } from './mp3.ts';
import { MalformedPayload } from './packet.ts';

/** MPEG-2, 24 kHz, 64 kbit/s: 192 bytes. */
const FRAME = Uint8Array.of(0xff, 0xf3, 0x84, 0x04, ...new Array(188).fill(5));
const payload = (offset: number, ...parts: readonly Uint8Array[]) =>
  join([Uint8Array.of(0, 0, offset >> 8, offset & 0xff), ...parts]);

describe('frames of MP3', () => {
  test.each<[string, readonly Uint8Array[], readonly Uint8Array[]]>([
    ['alone', [payload(0, FRAME)], [FRAME]],
    ['two in a packet', [payload(0, FRAME, FRAME)], [FRAME, FRAME]],
    ['in fragments', [payload(0, FRAME.subarray(0, 100)), payload(100, FRAME.subarray(100))], [FRAME]],
    ['two in two packets', [payload(0, FRAME), payload(0, FRAME)], [FRAME, FRAME]],
  ])('%s', (_, payloads, found) => {
    expect(frames(payloads)).toEqual([...found]);
  });

  test.each<[string, readonly Uint8Array[]]>([
    ['an empty payload', [payload(0)]],
    ['a frame cut short', [payload(0, FRAME.subarray(0, 100))]],
    ['a fragment missing', [payload(0, FRAME.subarray(0, 100)), payload(110, FRAME.subarray(110))]],
    ['a fragment without its start', [payload(100, FRAME.subarray(100))]],
    ['free format', [payload(0, Uint8Array.of(0xff, 0xf3, 0x04, 0x04, 1))]],
  ])('are not made up from %s', (_, payloads) => {
    expect(() => frames(payloads)).toThrow(MalformedPayload);
  });

  test('of broken bytes are malformed or frames', () => {
    brokenBytes(payload(0, FRAME, FRAME), (bytes) => frames([bytes]), [MalformedPayload, MalformedBox]);
  });
});

test('payloads hold the frame that went in, in pieces that fit', () => {
  // 320 kbit/s at 32 kHz: the largest frame of MPEG-1.
  const frame = Uint8Array.of(0xff, 0xfb, 0xe8, 0, ...new Uint8Array(1_436).fill(7));
  for (const maxBytes of [100, 700, 1_200, 1_444]) {
    const made = payloads(frame, maxBytes);
    expect(made.length).toBe(Math.ceil(frame.byteLength / (maxBytes - 4)));
    expect(frames(made)).toEqual([frame]);
    expect(Math.max(...made.map(({ byteLength }) => byteLength))).toBeLessThanOrEqual(maxBytes);
  }
});
