import { describe, expect, test } from 'bun:test';
import { MalformedBox } from '../isobmff/box.ts';
import { adtsHeader, readStream } from './adts.ts';

describe('an AudioSpecificConfig', () => {
  test.each<[string, readonly number[], ReturnType<typeof readStream>]>([
    ['of AAC-LC', [0x11, 0x90], { objectType: 2, frequencyIndex: 3, channels: 2 }],
    ['of AAC-LC, 5.1 at 44.1 kHz', [0x12, 0x30], { objectType: 2, frequencyIndex: 4, channels: 6 }],
    [
      'of HE-AAC is that of its core',
      [0x2b, 0x11, 0x88, 0],
      { objectType: 2, frequencyIndex: 6, channels: 2 },
    ],
    ['of HE-AAC v2 too', [0xeb, 0x09, 0x88, 0], { objectType: 2, frequencyIndex: 6, channels: 1 }],
    ['of xHE-AAC has no ADTS', [0xf9, 0x46], null],
    ['of a rate that is spelt out has none', [0x17, 0x80, 0x5d, 0xc0, 0x10], null],
    ['of channels that are described has none', [0x11, 0x80], null],
    ['of nothing has none', [], null],
  ])('%s', (_, config, stream) => {
    expect(readStream(Uint8Array.from(config))).toEqual(stream);
  });
});

describe('an ADTS header', () => {
  const stream = { objectType: 2, frequencyIndex: 3, channels: 2 };

  test('says what ffmpeg says of the same frame', () => {
    expect([...adtsHeader(stream, 288)]).toEqual([0xff, 0xf1, 0x4c, 0x80, 0x24, 0xff, 0xfc]);
  });

  test('has no room for a longer frame', () => {
    expect(adtsHeader(stream, 8_184)).toHaveLength(7);
    expect(() => adtsHeader(stream, 8_185)).toThrow(MalformedBox);
  });
});
