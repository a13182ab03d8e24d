import { describe, expect, test } from 'bun:test';
import { type Amf0Object, writeValues } from './amf0.ts';
import { readMetadata } from './metadata.ts';

const OBS = { width: 1920, height: 1080, videocodecid: 7, audiocodecid: 10, stereo: true };

describe('metadata', () => {
  test.each<[string, Amf0Object, unknown]>([
    ['of OBS', OBS, { hasVideo: true, hasAudio: true, size: { width: 1920, height: 1080 } }],
    ['of pictures alone', { videocodecid: 7 }, { hasVideo: true, hasAudio: false, size: null }],
    ['of sound alone', { audiocodecid: 10 }, { hasVideo: false, hasAudio: true, size: null }],
    [
      'that says no codec',
      { width: 64, height: 48 },
      { hasVideo: null, hasAudio: null, size: { width: 64, height: 48 } },
    ],
    [
      'that says so itself',
      { hasVideo: true, hasAudio: false },
      { hasVideo: true, hasAudio: false, size: null },
    ],
    [
      'with a size that can not be',
      { width: 0, height: 1e9 },
      { hasVideo: null, hasAudio: null, size: null },
    ],
  ])('%s', (_, facts, found) => {
    expect<unknown>(readMetadata(writeValues('onMetaData', facts))).toEqual(found);
    expect<unknown>(readMetadata(writeValues('@setDataFrame', 'onMetaData', facts))).toEqual(found);
  });

  test.each([
    ['other data', writeValues('onTextData', { text: 'hi' })],
    ['nothing', new Uint8Array()],
    ['no facts', writeValues('onMetaData')],
    ['facts that are a list', writeValues('onMetaData', [1])],
    ['broken bytes', Uint8Array.of(2, 0, 9)],
  ])('is not %s', (_, body) => {
    expect(readMetadata(body)).toBeNull();
  });
});
