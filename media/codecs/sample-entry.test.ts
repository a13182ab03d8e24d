import { beforeAll, describe, expect, test } from 'bun:test';
import { AAC, FRAGMENTED, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import { box } from '../isobmff/writer.ts';
import { describe as describeEntry } from './sample-entry.ts';

const signal = testSignal(0.2);

async function entries(...encoding: readonly string[]): Promise<readonly Uint8Array[]> {
  const found = new Demuxer().push(await ffmpeg(...signal, ...encoding, ...FRAGMENTED));
  return found.flatMap((one) =>
    one.kind === 'movie' ? one.tracks.map(({ sampleEntry }) => sampleEntry) : [],
  );
}

describe('a sample entry of ffmpeg', () => {
  let usual: readonly Uint8Array[] = [];
  beforeAll(async () => {
    usual = await entries(...H264, ...AAC);
  });

  test('of H.264 and AAC is described', () => {
    expect(usual.map(describeEntry)).toEqual([
      { kind: 'video', codec: expect.stringMatching(/^avc1\.[0-9a-f]{6}$/), width: 64, height: 48 },
      { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 },
    ]);
  });

  test('of MP3 is told from AAC', async () => {
    const [entry] = await entries('-map', '1:a', '-c:a', 'libmp3lame');
    expect(entry && describeEntry(entry)).toMatchObject({ kind: 'audio', codec: 'mp4a.6b' });
  });

  test('of a codec that is not packaged is null', async () => {
    const [entry] = await entries('-map', '1:a', '-c:a', 'flac', '-strict', '-2');
    expect(entry && describeEntry(entry)).toBeNull();
  });

  test('cut short anywhere is malformed', () => {
    for (const entry of usual) {
      for (let length = 0; length < entry.byteLength; length++) {
        expect(() => describeEntry(entry.subarray(0, length))).toThrow(MalformedBox);
      }
    }
  });

  test.each(['avc1', 'avc3', 'mp4a'])('of %s without its configuration is malformed', (type) => {
    expect(() => describeEntry(box(type, new Uint8Array(100)))).toThrow(MalformedBox);
    expect(() => describeEntry(box(type))).toThrow(MalformedBox);
  });
});
