import { describe, expect, test } from 'bun:test';
import { sampleEntries } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { codec } from './av1.ts';
import { describe as describeEntry } from './sample-entry.ts';

const HDR = { primaries: 9, transfer: 16, matrix: 9, fullRange: false };

describe('the codec string of AV1', () => {
  test.each([
    ['Main 3.0', [0x81, 0x04, 0x0c, 0], null, 'av01.0.04M.08'],
    ['Main 5.1 of the high tier, 10 bit', [0x81, 0x0d, 0xcc, 0], null, 'av01.0.13H.10'],
    ['HDR10', [0x81, 0x0d, 0x4c, 0], HDR, 'av01.0.13M.10.0.110.09.16.09.0'],
    ['High, 4:4:4', [0x81, 0x24, 0x00, 0], null, 'av01.1.04M.08.0.000.01.01.01.0'],
    ['Professional, 12 bit 4:2:2', [0x81, 0x44, 0x68, 0], null, 'av01.2.04M.12.0.100.01.01.01.0'],
    ['monochrome', [0x81, 0x00, 0x1c, 0], null, 'av01.0.00M.08.1.110.01.01.01.0'],
    ['chroma beside luma', [0x81, 0x00, 0x0d, 0], null, 'av01.0.00M.08'],
    ['full range', [0x81, 0, 0x0c, 0], { ...HDR, fullRange: true }, 'av01.0.00M.08.0.110.09.16.09.1'],
  ])('of %s', (_, av1C, colour, text) => {
    expect(codec(Uint8Array.from(av1C), colour)).toBe(text);
  });

  test.each([[[]], [[0x81]], [[0x81, 4, 12]], [[0x01, 4, 12, 0]], [[0x82, 4, 12, 0]]])(
    'needs a whole record of version 1: not %p',
    (av1C) => {
      expect(() => codec(Uint8Array.from(av1C), null)).toThrow(MalformedBox);
    },
  );

  // 64×64 at 25/s fits level 2.0, which is written 00.
  test('of SVT-AV1', async () => {
    const [entry] = await sampleEntries(['-map', '0:v', '-c:v', 'libsvtav1', '-preset', '12'], {
      size: '64x64',
    });
    expect(entry && describeEntry(entry)).toMatchObject({ codec: 'av01.0.00M.08', width: 64, height: 64 });
  });

  test.each([
    [['-pix_fmt', 'yuv420p'], 'av01.0.00M.08'],
    [['-pix_fmt', 'gray'], 'av01.0.00M.08.1.110.01.01.01.0'],
    [['-pix_fmt', 'yuv444p'], 'av01.1.00M.08.0.000.01.01.01.0'],
    [
      [
        ...['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020'],
        ...['-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      ],
      'av01.0.00M.10.0.110.09.16.09.0',
    ],
  ])('of libaom with %p', async (options, text) => {
    const usual = ['-map', '0:v', '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'];
    const [entry] = await sampleEntries([...usual, ...options], { moov: 'delay_moov' });
    expect(entry && describeEntry(entry)).toMatchObject({ codec: text });
  });

  test('of libaom before its first picture is malformed: it has no record then', async () => {
    const usual = ['-map', '0:v', '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'];
    const [entry] = await sampleEntries(usual);
    expect(() => entry && describeEntry(entry)).toThrow(MalformedBox);
  });
});
