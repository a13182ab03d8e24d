import { describe, expect, test } from 'bun:test';
import { MalformedBox } from '../isobmff/box.ts';
import { codec } from './avc.ts';

describe('the codec string of H.264', () => {
  test.each([
    ['High 4.0', 'avc1', [1, 0x64, 0x00, 0x28], 'avc1.640028'],
    ['Constrained Baseline 3.0', 'avc1', [1, 0x42, 0xc0, 0x1e, 0xff], 'avc1.42c01e'],
    ['Main 1b, in band', 'avc3', [1, 0x4d, 0x10, 0x0b], 'avc3.4d100b'],
  ])('of %s', (_, entry, avcC, text) => {
    expect(codec(entry, Uint8Array.from(avcC))).toBe(text);
  });

  test.each([[[]], [[1]], [[1, 0x64, 0]]])('needs profile, compatibility and level: not just %p', (avcC) => {
    expect(() => codec('avc1', Uint8Array.from(avcC))).toThrow(MalformedBox);
  });
});
