import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { ffmpeg, testSignal } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { readSize } from './vp9-header.ts';

/** IVF: 32 bytes for the file and 12 before each frame. */
const FIRST_FRAME = 44;

async function encoded(size: string, format: string): Promise<Uint8Array> {
  const encoding = [
    '-map',
    '0:v',
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-pix_fmt',
    format,
  ];
  const file = await ffmpeg(...testSignal(0.1, size), ...encoding, '-f', 'ivf', 'pipe:1');
  return file.subarray(FIRST_FRAME);
}

describe('the size of VP9', () => {
  test.each([
    ['64x48', 'yuv420p'],
    ['322x182', 'yuv444p'],
    ['322x182', 'yuv420p10le'],
    ['322x182', 'yuv422p10le'],
    ['64x48', 'gbrp'],
  ])('%s of libvpx in %s', async (size, format) => {
    const found = readSize(await encoded(size, format));
    expect(`${found?.width}x${found?.height}`).toBe(size);
  });

  test.each([
    ['an inter frame', [0x86]],
    ['one that shows another', [0x88]],
  ])('is not in %s', (_, frame) => {
    expect(readSize(Uint8Array.from(frame))).toBeNull();
  });

  test.each([[[]], [[0]], [[0x82]], [[0x82, 0, 0, 0, 0, 0, 0, 0, 0]]])('of %p can not be read', (frame) => {
    expect(() => readSize(Uint8Array.from(frame))).toThrow(MalformedBox);
  });

  test('of broken bytes is malformed, unknown or a size', async () => {
    brokenBytes((await encoded('64x48', 'yuv420p')).subarray(0, 24), readSize);
  });
});
