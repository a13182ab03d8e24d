import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { configurationOf, sampleEntries } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { codec, readConfiguration } from './hevc.ts';
import { describe as describeEntry } from './sample-entry.ts';

/** A record: its version, profile, compatibility, constraints and level, and what follows them. */
const record = (
  profile: number,
  compatible: readonly number[],
  constraints: readonly number[],
  level: number,
) => Uint8Array.from([1, profile, ...compatible, ...constraints, level, ...new Uint8Array(10)]);

const MAIN = [0x60, 0, 0, 0];
const PROGRESSIVE = [0xb0, 0, 0, 0, 0, 0];

describe('the codec string of HEVC', () => {
  test.each<[string, string, Uint8Array, string]>([
    ['Main 3.1', 'hvc1', record(1, MAIN, PROGRESSIVE, 93), 'hvc1.1.6.L93.B0'],
    ['Main 10 of the high tier', 'hev1', record(0x22, [0x20, 0, 0, 0], PROGRESSIVE, 150), 'hev1.2.4.H150.B0'],
    ['no constraints', 'hvc1', record(1, MAIN, [0, 0, 0, 0, 0, 0], 30), 'hvc1.1.6.L30'],
    ['a constraint behind zeros', 'hvc1', record(1, MAIN, [0x90, 0, 8, 0, 0, 0], 30), 'hvc1.1.6.L30.90.0.8'],
    ['another profile space', 'hvc1', record(0x81, MAIN, PROGRESSIVE, 93), 'hvc1.B1.6.L93.B0'],
    [
      'all compatible',
      'hvc1',
      record(4, [0xff, 0xff, 0xff, 0xff], PROGRESSIVE, 93),
      'hvc1.4.FFFFFFFF.L93.B0',
    ],
  ])('of %s', (_, entry, hvcC, text) => {
    expect(codec(entry, hvcC)).toBe(text);
  });

  test.each([0, 1, 12, 22])('needs the whole record: not just %d bytes', (length) => {
    expect(() => codec('hvc1', record(1, MAIN, PROGRESSIVE, 93).subarray(0, length))).toThrow(MalformedBox);
  });

  // 64×48 at 25/s fits level 1, which is written 30; x265 says progressive (0x80) and frames only (0x10).
  test.each([
    [[], 'hvc1.1.6.L30.90'],
    [['-tag:v', 'hev1'], 'hev1.1.6.L30.90'],
    [['-pix_fmt', 'yuv420p10le'], 'hvc1.2.4.L30.90'],
    [['-x265-params', 'log-level=error:level-idc=41:high-tier=1'], 'hvc1.1.6.H123.90'],
  ])('of x265 with %p', async (options, text) => {
    const usual = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1'];
    const quiet = options.includes('-x265-params') ? [] : ['-x265-params', 'log-level=error'];
    const [entry] = await sampleEntries(['-map', '0:v', ...usual, ...quiet, ...options]);
    expect(entry && describeEntry(entry)).toEqual({ kind: 'video', codec: text, width: 64, height: 48 });
  });
});

describe('a record of HEVC', () => {
  const HEVC = ['-an', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'];

  test('has the parameter sets, and how long the lengths of units are', async () => {
    const { lengthBytes, parameterSets } = readConfiguration(
      await configurationOf(HEVC, { moov: 'delay_moov' }),
    );
    expect(lengthBytes).toBe(4);
    expect(parameterSets.map(([head = 0]) => head >> 1).slice(0, 3)).toEqual([32, 33, 34]);
  });

  test('that is broken is refused or read', async () => {
    brokenBytes(await configurationOf(HEVC, { moov: 'delay_moov' }), readConfiguration);
  });
});
