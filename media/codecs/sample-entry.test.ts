import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { AAC, H264, sampleEntries } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { box } from '../isobmff/writer.ts';
import { describe as describeEntry } from './sample-entry.ts';

const ENCODERS = [
  ['-map', '0:v', '-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params', 'log-level=error'],
  ['-map', '0:v', '-c:v', 'libvpx-vp9'],
  ['-map', '0:v', '-c:v', 'libsvtav1', '-preset', '12'],
  ['-map', '1:a', '-c:a', 'libopus'],
  ['-map', '1:a', '-c:a', 'libmp3lame'],
];

describe('a sample entry of ffmpeg', () => {
  let usual: readonly Uint8Array[] = [];
  let all: readonly Uint8Array[] = [];
  beforeAll(async () => {
    usual = await sampleEntries([...H264, ...AAC]);
    const others = ENCODERS.map((encoder) => sampleEntries(encoder, { size: '64x64' }));
    all = [...usual, ...(await Promise.all(others)).flat()];
  });

  test('of H.264 and AAC is described', () => {
    expect(usual.map(describeEntry)).toEqual([
      { kind: 'video', codec: expect.stringMatching(/^avc1\.[0-9a-f]{6}$/), width: 64, height: 48 },
      { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 },
    ]);
  });

  test('of MP3 is told from AAC', async () => {
    const [entry] = await sampleEntries(['-map', '1:a', '-c:a', 'libmp3lame']);
    expect(entry && describeEntry(entry)).toMatchObject({ kind: 'audio', codec: 'mp4a.40.34' });
  });

  test('of a codec that is not packaged is null', async () => {
    const [entry] = await sampleEntries(['-map', '1:a', '-c:a', 'flac', '-strict', '-2']);
    expect(entry && describeEntry(entry)).toBeNull();
  });

  test('cut short anywhere is malformed', () => {
    for (const entry of all) {
      for (let length = 0; length < entry.byteLength; length++) {
        expect(() => describeEntry(entry.subarray(0, length))).toThrow(MalformedBox);
      }
    }
  });

  test('with bytes changed is malformed or gives values: nothing else is thrown', () => {
    const change = fc.tuple(fc.nat(400), fc.oneof(fc.constantFrom(0, 1, 0xff), fc.nat(255)));
    fc.assert(
      fc.property(fc.nat(all.length - 1), fc.array(change, { minLength: 1 }), (index, changes) => {
        const broken = all[index]?.slice() ?? new Uint8Array();
        for (const [at, value] of changes) broken[at % broken.byteLength] = value;
        try {
          expect(describeEntry(broken)?.codec ?? 'none').toMatch(/^[\x20-\x7e]{4,40}$/);
        } catch (error) {
          if (!(error instanceof MalformedBox)) throw error;
        }
      }),
      { numRuns: 3_000 },
    );
  });

  test.each(['avc1', 'avc3', 'hvc1', 'hev1', 'vp09', 'av01', 'mp4a', 'Opus'])(
    'of %s without its configuration is malformed',
    (type) => {
      expect(() => describeEntry(box(type, new Uint8Array(100)))).toThrow(MalformedBox);
      expect(() => describeEntry(box(type))).toThrow(MalformedBox);
    },
  );
});
