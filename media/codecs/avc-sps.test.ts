import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { configurationOf } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { readConfiguration } from './avc.ts';
import { readReorderDepth, readSize } from './avc-sps.ts';

/** The sequence parameter set that x264 writes for a picture of a size. */
async function encoded(size: string, options: readonly string[]): Promise<Uint8Array> {
  const encoding = ['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', ...options];
  const [sps] = readConfiguration(await configurationOf(encoding, { size })).parameterSets;
  return sps ?? new Uint8Array();
}

describe('the size of H.264', () => {
  test.each<[string, readonly string[]]>([
    ['64x48', ['-pix_fmt', 'yuv420p']],
    ['1920x1080', ['-pix_fmt', 'yuv420p']],
    ['1280x718', ['-pix_fmt', 'yuv420p', '-profile:v', 'baseline']],
    ['322x242', ['-pix_fmt', 'yuv422p']],
    ['322x242', ['-pix_fmt', 'yuv444p']],
    ['320x180', ['-pix_fmt', 'yuv420p10le']],
    ['320x180', ['-pix_fmt', 'gray']],
    ['720x576', ['-pix_fmt', 'yuv420p', '-flags', '+ildct+ilme', '-x264-params', 'cqm=jvt']],
  ])('%s of x264 with %p', async (size, options) => {
    const { width, height } = readSize(await encoded(size, options));
    expect(`${width}x${height}`).toBe(size);
  });

  test('of a parameter set with offsets of the order count', () => {
    // Baseline; order count of type 1 with two offsets, 11 × 9 macroblocks.
    const bits =
      '01000010' + '00000000' + '00011110' + '1' + '1' + '010' + '0' + '1' + '1' + '011' + '010' + '1';
    const rest = `${'010'}0${'0001011'}${'0001001'}1100`;
    const bytes = `${bits}${rest}1`.padEnd(72, '0').match(/.{8}/g) ?? [];
    const unit = Uint8Array.from([0x67, ...bytes.map((byte) => Number.parseInt(byte, 2))]);
    expect(readSize(unit)).toEqual({ width: 176, height: 144 });
  });

  test.each([
    [[]],
    [[0x67]],
    [[0x68, 0x42, 0, 30]],
    [[0x67, 0x42, 0, 30]],
    [[0x67, 0x42, 0, 30, ...new Uint8Array(40)]],
  ])('of %p can not be read', (unit) => {
    expect(() => readSize(Uint8Array.from(unit))).toThrow(MalformedBox);
  });

  test('of broken bytes is malformed or a size, and nothing else', async () => {
    brokenBytes(await encoded('320x180', ['-pix_fmt', 'yuv420p']), readSize);
  });
});

describe('how far H.264 is reordered', () => {
  test.each<[number | null, readonly string[]]>([
    [0, ['-bf', '0']],
    [1, ['-bf', '2', '-x264-params', 'b-pyramid=none']],
    [2, ['-bf', '3', '-x264-params', 'b-pyramid=normal']],
    [0, ['-profile:v', 'baseline']],
    [2, ['-bf', '3', '-x264-params', 'nal-hrd=vbr:vbv-maxrate=500:vbv-bufsize=500:sar=3/2:colorprim=bt709']],
  ])('%p for %p', async (depth, options) => {
    expect(readReorderDepth(await encoded('64x48', ['-pix_fmt', 'yuv420p', ...options]))).toBe(depth);
  });

  test('of broken bytes is malformed or a depth', async () => {
    brokenBytes(await encoded('64x48', ['-pix_fmt', 'yuv420p']), readReorderDepth);
  });
});
