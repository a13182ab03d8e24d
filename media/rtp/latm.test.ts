import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { readStream } from '../codecs/audio-specific-config.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { frame, readConfig } from './latm.ts';
import { MalformedPayload } from './packet.ts';

/** As FFmpeg writes it for AAC-LC of 48 kHz in stereo: its AudioSpecificConfig is 1190. */
const MUX = Uint8Array.of(0x40, 0x00, 0x23, 0x20, 0x3f, 0xc0);

describe('the configuration of LATM', () => {
  test('holds that of AAC', () => {
    const config = readConfig(MUX);
    expect(config).toEqual(Uint8Array.of(0x11, 0x90));
    expect(readStream(config ?? new Uint8Array())).toMatchObject({ sampleRate: 48_000, channels: 2 });
  });

  test.each([
    ['another version', [0xc0, 0x00, 0x23, 0x20]],
    ['two layers', [0x40, 0x02, 0x23, 0x20]],
    ['two frames in an element', [0x41, 0x00, 0x23, 0x20]],
  ])('is not read of %s', (_, mux) => {
    expect(readConfig(Uint8Array.from(mux))).toBeNull();
  });

  test('of broken bytes is malformed, or one, or none', () => {
    brokenBytes(MUX, readConfig);
    expect(() => readConfig(MUX.subarray(0, 3))).toThrow(MalformedBox);
  });
});

describe('a frame of LATM', () => {
  test.each([
    ['a short one', [2, 7, 8], [7, 8]],
    ['one of 256 bytes', [255, 1, ...new Array(256).fill(5)], new Array(256).fill(5)],
    ['one with something behind it', [1, 7, 9], [7]],
  ])('%s', (_, element, data) => {
    expect(frame(Uint8Array.from(element))).toEqual(Uint8Array.from(data));
  });

  test.each([[[]], [[0]], [[2, 7]], [[255, 255]]])('%j is cut short', (element) => {
    expect(() => frame(Uint8Array.from(element))).toThrow(MalformedPayload);
  });
});
