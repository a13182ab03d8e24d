import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { readFrame } from './mp3-frame.ts';

describe('a frame of MP3', () => {
  test.each([
    ['MPEG-1, 44.1 kHz, joint stereo', [0xff, 0xfb, 0x90, 0x64], 44_100, 2, 1152, 417],
    ['MPEG-1, 48 kHz, mono, with a checksum', [0xff, 0xfa, 0x94, 0xc4], 48_000, 1, 1152, 384],
    ['MPEG-2, 24 kHz', [0xff, 0xf3, 0x84, 0x04], 24_000, 2, 576, 192],
    ['MPEG-2.5, 8 kHz', [0xff, 0xe3, 0x18, 0xc4], 8_000, 1, 576, 72],
  ])('of %s', (_, frame, sampleRate, channels, frameSamples, bytes) => {
    expect(readFrame(Uint8Array.from(frame))).toEqual({ sampleRate, channels, frameSamples, bytes });
  });

  test.each([
    ['nothing', []],
    ['three bytes', [0xff, 0xfb, 0x90]],
    ['no sync word', [0xff, 0x1b, 0x90, 0x64]],
    ['layer 2', [0xff, 0xfd, 0x90, 0x64]],
    ['the reserved version', [0xff, 0xeb, 0x90, 0x64]],
    ['the reserved rate', [0xff, 0xfb, 0x9c, 0x64]],
  ])('is not %s', (_, frame) => {
    expect(() => readFrame(Uint8Array.from(frame))).toThrow(MalformedBox);
  });

  test('of broken bytes is malformed or a stream', () => {
    brokenBytes(Uint8Array.of(0xff, 0xfb, 0x90, 0x64), readFrame);
  });
});
