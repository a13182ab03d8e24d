import { describe, expect, test } from 'bun:test';
import { FRAGMENTED, ffmpeg, sampleEntries, testSignal } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import { readObu, SEQUENCE_HEADER, writeObu } from './av1-obu.ts';
import * as Av1 from './av1-sequence.ts';
import { readConfiguration } from './avc.ts';
import * as Avc from './avc-picture.ts';
import { readLeb128 } from './leb128.ts';
import { read } from './sample-entry.ts';
import * as Vp9 from './vp9-header.ts';

/** The configuration record that ffmpeg writes, and the first sample, of a picture of 100×50. */
async function made(...encoding: readonly string[]) {
  const found = new Demuxer().push(
    await ffmpeg(...testSignal(0.2, '100x50'), ...encoding, '-an', ...FRAGMENTED),
  );
  const movie = found.flatMap((each) => (each.kind === 'movie' ? each.tracks : []))[0];
  const sample = found.flatMap((each) => (each.kind === 'samples' ? each.runs : []))[0]?.samples[0];
  const configuration = movie && read(movie.sampleEntry)?.configuration;
  if (configuration === undefined || sample === undefined) throw new Error('ffmpeg made nothing');
  return { configuration, data: sample.data };
}

describe('a record is the one that ffmpeg writes', () => {
  test.each([
    ['baseline', ['-profile:v', 'baseline', '-pix_fmt', 'yuv420p']],
    ['high', ['-profile:v', 'high', '-pix_fmt', 'yuv420p']],
    ['high 10', ['-profile:v', 'high10', '-pix_fmt', 'yuv420p10le']],
    ['high 4:2:2', ['-profile:v', 'high422', '-pix_fmt', 'yuv422p']],
  ])('of H.264 in %s', async (_, profile) => {
    const [entry = new Uint8Array()] = await sampleEntries(['-c:v', 'libx264', ...profile]);
    const avcC = read(entry)?.configuration ?? new Uint8Array();
    const { parameterSets } = readConfiguration(avcC);
    const sets = (type: number) => parameterSets.filter(([first = 0]) => (first & 0x1f) === type);
    expect(Avc.writeConfiguration(sets(7), sets(8))).toEqual(avcC);
  });

  test.each([
    ['4:2:0', ['-pix_fmt', 'yuv420p'], { bitDepth: 8, chroma: 1, profile: 0 }],
    ['4:4:4', ['-pix_fmt', 'yuv444p'], { bitDepth: 8, chroma: 3, profile: 1 }],
    ['10 bits', ['-pix_fmt', 'yuv420p10le'], { bitDepth: 10, chroma: 1, profile: 2 }],
  ] as const)('of VP9 in %s, but for level and colour', async (_, format, expected) => {
    const { configuration, data } = await made('-c:v', 'libvpx-vp9', ...format);
    const header = Vp9.readFrameHeader(data);
    if (header.kind !== 'key') throw new Error('the first frame is no key frame');
    expect(header.key).toMatchObject({ ...expected, width: 100, height: 50 });
    const ours = Vp9.writeConfiguration(header.key);
    // A file says of chroma also where its samples lie, and the level by what the whole of it needs.
    expect([ours[4], (ours[6] ?? 0) & 0xf1]).toEqual([configuration[4], (configuration[6] ?? 0) & 0xf1]);
    expect(ours.byteLength).toBe(configuration.byteLength);
  });

  test.each([
    ['4:2:0', ['-pix_fmt', 'yuv420p']],
    ['4:4:4', ['-pix_fmt', 'yuv444p']],
    ['10 bits', ['-pix_fmt', 'yuv420p10le']],
  ])('of AV1 in %s', async (_, format) => {
    const encoding = ['-c:v', 'libaom-av1', '-cpu-used', '8', ...format];
    const [entry = new Uint8Array()] = await sampleEntries(encoding, { moov: 'delay_moov', size: '100x50' });
    const configuration = read(entry)?.configuration ?? new Uint8Array();
    const obu = readObu(configuration.subarray(4));
    expect(obu.type).toBe(SEQUENCE_HEADER);
    const sequence = Av1.readSequence(obu.payload);
    expect([sequence.width, sequence.height]).toEqual([100, 50]);
    expect(Av1.writeConfiguration(sequence, writeObu(obu))).toEqual(configuration);
  });
});

describe('of pictures', () => {
  const unit = (type: number, ...rest: readonly number[]) => Uint8Array.of(type, ...rest);

  test('parameter sets, delimiters and fillers are not in the sample', () => {
    const picture = Avc.sortPicture([unit(9), unit(7, 1), unit(8, 2), unit(6, 3), unit(5, 4), unit(12, 5)]);
    expect(picture).toEqual({
      isKey: true,
      sequenceSets: [unit(7, 1)],
      pictureSets: [unit(8, 2)],
      data: Uint8Array.of(0, 0, 0, 2, 6, 3, 0, 0, 0, 2, 5, 4),
    });
  });

  test('there is none without a slice', () => {
    expect(Avc.sortPicture([unit(7, 1), unit(8, 2)])).toBeNull();
  });

  test.each<[string, () => unknown]>([
    ['no parameter set', () => Avc.writeConfiguration([], [])],
    ['a parameter set cut short', () => Avc.writeConfiguration([unit(7, 0x64)], [unit(8)])],
    ['a sequence header cut short', () => Av1.readSequence(unit(0, 0, 0))],
    ['no OBU', () => readObu(new Uint8Array())],
    ['an OBU whose size is too long', () => readObu(Uint8Array.of(0x0a, 9, 1))],
    ['no VP9', () => Vp9.readFrameHeader(Uint8Array.of(0x00, 1, 2))],
    ['a VP9 key frame without its sync code', () => Vp9.readFrameHeader(Uint8Array.of(0x82, 1, 2, 3, 4))],
  ])('%s is malformed', (_, attempt) => {
    expect(attempt).toThrow(MalformedBox);
  });
});

test.each<[readonly number[], number | null]>([
  [[5], 5],
  [[0x80, 0x01], 128],
  [[0xff, 0xff, 0xff, 0xff, 0x0f], 2 ** 32 - 1],
  [[0xff, 0xff, 0xff, 0xff, 0x1f], null],
  [[0x80], null],
  [[], null],
])('leb128 %j is %p', (bytes, value) => {
  expect(readLeb128(Uint8Array.from(bytes), 0)?.value ?? null).toBe(value);
});
