import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { configurationOf } from '../../tests/clip.ts';
import { codec } from './hevc.ts';
import { sortPicture, sortSets, writeConfiguration } from './hevc-picture.ts';

const HEVC = ['-map', '0:v', '-c:v', 'libx265', '-x265-params', 'log-level=none', '-tag:v', 'hvc1'];
const bytes = (...values: readonly number[]) => Uint8Array.from(values);

/** The parameter sets in a record. */
function unitsOf(hvcC: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(hvcC.buffer, hvcC.byteOffset, hvcC.byteLength);
  const units: Uint8Array[] = [];
  for (let at = 23; at < hvcC.byteLength; ) {
    const count = view.getUint16(at + 1);
    at += 3;
    for (let index = 0; index < count; index++) {
      units.push(hvcC.subarray(at + 2, at + 2 + view.getUint16(at)));
      at += 2 + view.getUint16(at);
    }
  }
  return units.filter((unit) => (((unit[0] ?? 0) >> 1) & 0x3f) <= 34);
}

describe('the record of HEVC', () => {
  test.each(['yuv420p', 'yuv420p10le', 'yuv422p', 'yuv444p'])(
    'of %s is as ffmpeg writes it',
    async (format) => {
      const theirs = await configurationOf([...HEVC, '-pix_fmt', format]);
      const ours = writeConfiguration(sortSets(unitsOf(theirs))) ?? bytes();
      expect(codec('hvc1', ours)).toBe(codec('hvc1', theirs));
      // Chroma format and depths; then sub-layers, nesting and bytes of a length.
      expect(ours.subarray(16, 19)).toEqual(theirs.subarray(16, 19));
      expect((ours[21] ?? 0) & 0x3f).toBe((theirs[21] ?? 0) & 0x3f);
      expect(unitsOf(ours)).toEqual([...unitsOf(theirs)]);
    },
  );

  test('is none without a sequence parameter set', () => {
    expect(writeConfiguration({ video: [], sequence: [], picture: [] })).toBeNull();
  });

  test('of broken bytes is malformed, or one', async () => {
    const record = await configurationOf([...HEVC, '-pix_fmt', 'yuv420p']);
    const [, sps = bytes()] = unitsOf(record);
    brokenBytes(sps, (unit) => writeConfiguration({ video: [], sequence: [unit], picture: [] }));
  });
});

describe('a picture of HEVC', () => {
  test.each<[string, readonly (readonly number[])[], object | null]>([
    [
      'of a refresh',
      [
        [0x46, 1],
        [0x40, 1, 5],
        [0x26, 1, 9],
      ],
      { isKey: true, isSkipped: false, data: bytes(0, 0, 0, 3, 0x26, 1, 9) },
    ],
    ['of a random access', [[0x2a, 1]], { isKey: true, isSkipped: false, data: bytes(0, 0, 0, 2, 0x2a, 1) }],
    ['that leads', [[0x10, 1]], { isKey: false, isSkipped: true, data: bytes(0, 0, 0, 2, 0x10, 1) }],
    [
      'with a supplement',
      [
        [0x4e, 1],
        [0x02, 1],
      ],
      { isKey: false, isSkipped: false, data: bytes(0, 0, 0, 2, 0x4e, 1, 0, 0, 0, 2, 2, 1) },
    ],
    ['of parameter sets alone', [[0x40, 1]], null],
  ])('%s', (_, units, picture) => {
    expect(sortPicture(units.map((unit) => Uint8Array.from(unit)))).toEqual(picture as never);
  });
});
