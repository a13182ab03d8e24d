import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { ffmpeg, sampleEntries, testSignal } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { codec } from './opus.ts';
import { packetSamples, writeConfiguration, writeHeadless } from './opus-stream.ts';
import { read } from './sample-entry.ts';

const OPUS = ['-map', '1:a', '-c:a', 'libopus', '-b:a', '32k'];

/** The first page of an Ogg file: 27 bytes, a table of one, then the identification header. */
async function head(...encoding: readonly string[]): Promise<Uint8Array> {
  const file = await ffmpeg(...testSignal(0.2), ...encoding, '-f', 'ogg', 'pipe:1');
  return file.subarray(28, 28 + (file[27] ?? 0));
}

describe('the configuration of Opus', () => {
  test.each([[[]], [['-ac', '2']], [['-ac', '6', '-mapping_family', '1']]])(
    'is what ffmpeg writes to MP4, with %p',
    async (options) => {
      const [entry] = await sampleEntries([...OPUS, ...options]);
      const written = entry === undefined ? undefined : read(entry)?.configuration;
      expect(writeConfiguration(await head(...OPUS, ...options))).toEqual(written ?? new Uint8Array());
    },
  );

  test.each(['', '4f707573', '4f70757348656164', '4f7075735461677300000000000000000000000000'])(
    'is not %p',
    (hex) => {
      expect(() => writeConfiguration(Uint8Array.fromHex(hex))).toThrow(MalformedBox);
    },
  );

  test('of broken bytes is malformed or written', async () => {
    brokenBytes(await head(...OPUS), writeConfiguration);
  });
});

describe('a packet of Opus lasts', () => {
  test.each([
    ['20 ms, CELT', [31 << 3], 960],
    ['2.5 ms, CELT', [28 << 3], 120],
    ['10 ms, hybrid', [12 << 3], 480],
    ['60 ms, SILK', [3 << 3], 2880],
    ['two of 20 ms', [(31 << 3) | 1], 1920],
    ['six of 20 ms', [(31 << 3) | 3, 6], 5760],
  ])('%s', (_, packet, samples) => {
    expect(packetSamples(Uint8Array.from(packet))).toBe(samples);
  });

  test.each([
    ['an empty one', []],
    ['one without frames', [3]],
    ['one of 140 ms', [(31 << 3) | 3, 7]],
  ])('but not %s', (_, packet) => {
    expect(() => packetSamples(Uint8Array.from(packet))).toThrow(MalformedBox);
  });
});

test.each([1, 2] as const)('the record of %d channels without a header is one', (channels) => {
  expect(codec(writeHeadless(channels))).toBe('opus');
});
