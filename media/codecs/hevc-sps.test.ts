import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { configurationOf } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { readRecordSize, readSize } from './hevc-sps.ts';

const encoded = (size: string, ...options: readonly string[]) =>
  configurationOf(
    ['-map', '0:v', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error', ...options],
    { size },
  );

describe('the size of HEVC', () => {
  test.each<[string, readonly string[]]>([
    ['64x48', ['-pix_fmt', 'yuv420p']],
    ['322x182', ['-pix_fmt', 'yuv420p10le']],
    ['322x182', ['-pix_fmt', 'yuv422p']],
    ['322x182', ['-pix_fmt', 'yuv444p']],
    ['1920x1080', ['-pix_fmt', 'yuv420p', '-x265-params', 'log-level=error:temporal-layers=3']],
  ])('%s of x265 with %p', async (size, options) => {
    const found = readRecordSize(await encoded(size, ...options));
    expect(`${found?.width}x${found?.height}`).toBe(size);
  });

  test('is not in a record without parameter sets', () => {
    expect(readRecordSize(new Uint8Array(23))).toBeNull();
  });

  test.each([[[]], [[0x40, 1]], [[0x42, 1]], [[0x42, 1, ...new Uint8Array(14)]]])(
    'of %p can not be read',
    (unit) => {
      expect(() => readSize(Uint8Array.from(unit))).toThrow(MalformedBox);
    },
  );

  test('of broken bytes is malformed, unknown or a size', async () => {
    brokenBytes(await encoded('64x48'), readRecordSize);
  });
});
