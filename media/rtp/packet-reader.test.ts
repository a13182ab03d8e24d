import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { readPacket } from './packet-reader.ts';

const bytes = (...values: readonly number[]) => Uint8Array.from(values);
const head = (first: number, second: number) => [
  first,
  second,
  0x12,
  0x34,
  0,
  0,
  1,
  2,
  0xaa,
  0xbb,
  0xcc,
  0xdd,
];
const PACKET = { sequence: 0x1234, timestamp: 0x102, ssrc: 0xaabbccdd, marker: false, payloadType: 96 };

describe('an RTP packet', () => {
  test.each<[string, readonly number[], object]>([
    ['plain', [...head(0x80, 96), 1, 2], PACKET],
    ['marked', [...head(0x80, 0x80 | 96), 1, 2], { ...PACKET, marker: true }],
    ['padded', [...head(0xa0, 96), 1, 2, 0, 2], PACKET],
    ['of two contributing sources', [...head(0x82, 96), ...new Array(8).fill(9), 1, 2], PACKET],
    ['with an extension', [...head(0x90, 96), 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 1, 2], PACKET],
  ])('%s', (_, packet, read) => {
    expect(readPacket(Uint8Array.from(packet))).toEqual({ ...PACKET, ...read, payload: bytes(1, 2) });
  });

  test.each<[string, readonly number[]]>([
    ['nothing', []],
    ['eleven bytes', head(0x80, 96).slice(0, 11)],
    ['another version', head(0x40, 96)],
    ['RTCP', head(0x80, 200)],
    ['more padding than there is', [...head(0xa0, 96), 9]],
    ['sources cut short', head(0x81, 96)],
    ['an extension cut short', [...head(0x90, 96), 0, 0, 0, 2, 1, 1, 1, 1]],
  ])('is not %s', (_, packet) => {
    expect(readPacket(Uint8Array.from(packet))).toBeNull();
  });

  test('of broken bytes is one or none', () => {
    brokenBytes(
      Uint8Array.from([...head(0xb2, 96), ...new Array(8).fill(9), 0xbe, 0xde, 0, 1, 9, 9, 9, 9, 1]),
      readPacket,
    );
  });
});
