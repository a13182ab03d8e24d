import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { readStream } from './audio-specific-config.ts';

const bytes = (hex: string) => Uint8Array.fromHex(hex);

describe('AAC', () => {
  test.each([
    ['LC, stereo', '1190', 48_000, 2, 1024],
    ['LC, mono, 44.1 kHz', '1208', 44_100, 1, 1024],
    ['LC, 5.1', '11b0', 48_000, 6, 1024],
    ['LC, 7.1', '11b8', 48_000, 8, 1024],
    ['LC in frames of 960', '1194', 48_000, 2, 960],
    ['HE: replication from 24 kHz', '2b11880800', 48_000, 2, 2048],
    ['HE v2: mono and parametric stereo', 'eb09880800', 48_000, 1, 2048],
    ['an escaped rate of 12,345 Hz', '1780181c90', 12_345, 2, 1024],
    ['LC with its channels described: 5.1(side) of ffmpeg', '118004c844002000c40d', 48_000, 6, 1024],
  ])('%s', (_, config, sampleRate, channels, frameSamples) => {
    expect(readStream(bytes(config))).toEqual({ sampleRate, channels, frameSamples });
  });

  test.each([
    ['nothing', ''],
    ['a byte', '11'],
    ['a reserved rate', '1690'],
    ['a reserved channel configuration', '11c0'],
    ['another kind of audio', 'f94a2000'],
    ['a program config element that is cut', '118004'],
  ])('but not %s', (_, config) => {
    expect(() => readStream(bytes(config))).toThrow(MalformedBox);
  });

  test('broken bytes are malformed or a stream', () => {
    brokenBytes(bytes('118004c844002000c40d'), readStream);
  });
});
