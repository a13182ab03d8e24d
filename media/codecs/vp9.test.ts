import { describe, expect, test } from 'bun:test';
import { sampleEntries } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { describe as describeEntry } from './sample-entry.ts';
import { codec } from './vp9.ts';

/** A `vpcC`: depth, chroma and range packed as the binding packs them. */
const record = (profile: number, level: number, packed: number, ...colour: readonly number[]) =>
  Uint8Array.from([1, 0, 0, 0, profile, level, packed, ...colour, 0, 0]);

describe('the codec string of VP9', () => {
  test.each<[string, Uint8Array, string]>([
    ['the usual', record(0, 10, 0x82, 1, 1, 1), 'vp09.00.10.08'],
    ['unspecified colours', record(0, 41, 0x82, 2, 2, 2), 'vp09.00.41.08'],
    ['vertical chroma', record(0, 41, 0x80, 1, 1, 1), 'vp09.00.41.08'],
    ['4:4:4', record(1, 10, 0x86, 1, 1, 1), 'vp09.01.10.08.03.01.01.01.00'],
    ['HDR10', record(2, 51, 0xa2, 9, 16, 9), 'vp09.02.51.10.01.09.16.09.00'],
    ['full range', record(0, 10, 0x83, 1, 1, 1), 'vp09.00.10.08.01.01.01.01.01'],
  ])('of %s', (_, vpcC, text) => {
    expect(codec(vpcC)).toBe(text);
  });

  test('needs the whole record, of version 1', () => {
    const whole = record(0, 10, 0x82, 1, 1, 1);
    for (let length = 0; length < whole.byteLength; length++)
      expect(() => codec(whole.subarray(0, length))).toThrow(MalformedBox);
    expect(() => codec(Uint8Array.from([0, ...whole.subarray(1)]))).toThrow(MalformedBox);
  });

  // 64×48 at 25/s fits level 1, which is written 10.
  test.each([
    [['-pix_fmt', 'yuv420p'], 'vp09.00.10.08'],
    [['-pix_fmt', 'yuv444p'], 'vp09.01.10.08.03.02.02.02.00'],
    [
      [
        ...['-pix_fmt', 'yuv420p10le', '-color_primaries', 'bt2020'],
        ...['-color_trc', 'smpte2084', '-colorspace', 'bt2020nc'],
      ],
      'vp09.02.10.10.01.09.16.09.00',
    ],
  ])('of libvpx with %p', async (options, text) => {
    const usual = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'];
    const [entry] = await sampleEntries(['-map', '0:v', ...usual, ...options]);
    expect(entry && describeEntry(entry)).toEqual({ kind: 'video', codec: text, width: 64, height: 48 });
  });
});
