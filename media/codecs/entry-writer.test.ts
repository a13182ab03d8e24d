import { expect, describe as group, test } from 'bun:test';
import { writeAacConfiguration, writeAudio, writeVisual } from './entry-writer.ts';
import { describe } from './sample-entry.ts';

group('a sample entry that was written', () => {
  test('is read as what was written, for pictures', () => {
    const configuration = new Uint8Array([1, 0x64, 0, 0x1f, 0xff, 0xe0, 0]);
    const entry = writeVisual({ type: 'avc1', width: 1280, height: 720, configuration });
    expect(describe(entry)).toEqual({ kind: 'video', codec: 'avc1.64001f', width: 1280, height: 720 });
  });

  test('is read as what was written, for AAC', () => {
    const configuration = writeAacConfiguration(new Uint8Array([0x11, 0x90]));
    const entry = writeAudio({ type: 'mp4a', channels: 2, sampleRate: 48_000, configuration });
    expect(describe(entry)).toEqual({ kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 });
  });
});
