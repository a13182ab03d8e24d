import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { configurationOf } from '../../tests/clip.ts';
import { AV1C_BYTES, readSize } from './av1-sequence.ts';

const SVT = ['-map', '0:v', '-c:v', 'libsvtav1', '-preset', '12'];
const AOM = ['-map', '0:v', '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'];

const encoded = (encoding: readonly string[], size: string) =>
  configurationOf(encoding, { size, moov: 'delay_moov' });

describe('the size of AV1', () => {
  test.each<[string, readonly string[]]>([
    ['64x64', SVT],
    ['1280x720', SVT],
    ['322x182', AOM],
    ['64x64', [...AOM, '-still-picture', '1', '-frames:v', '1']],
  ])('%s of %p', async (size, encoding) => {
    const found = readSize((await encoded(encoding, size)).subarray(AV1C_BYTES));
    expect(`${found?.width}x${found?.height}`).toBe(size);
  });

  // A sequence header with timing, a decoder model and two operating points: 16 bits for 1920 and 1080 each.
  test('behind timing and decoder model', () => {
    const timing = `1${'0'.repeat(64)}1${'1'}1${'01001'}${'0'.repeat(32)}${'00000'}${'00000'}`;
    const point = (level: string) => `${'0'.repeat(12)}${level}1${'0'.repeat(20)}0${'1'}0000`;
    const points = `1${'00001'}${point('01000').replace('01000', '010000')}${point('00100')}`;
    const size = `${'1111'}${'1111'}${(1919).toString(2).padStart(16, '0')}${(1079).toString(2).padStart(16, '0')}`;
    const bits = `000${'0'}0${timing}${points}${size}${'0'.repeat(64)}`;
    const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0').match(/.{8}/g) ?? [];
    const body = bytes.map((byte) => Number.parseInt(byte, 2));
    expect(readSize(Uint8Array.from([0x12, 0, 0x0a, body.length, ...body]))).toEqual({
      width: 1920,
      height: 1080,
    });
  });

  test('is not in a temporal unit without a sequence header', () => {
    expect(readSize(Uint8Array.of(0x12, 0, 0x32, 1, 0))).toBeNull();
  });

  test('of broken bytes is malformed, unknown or a size', async () => {
    brokenBytes((await encoded(SVT, '64x64')).subarray(AV1C_BYTES), readSize);
  });
});
