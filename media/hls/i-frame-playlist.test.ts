import { describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../timeline.ts';
import { keyFrameBitRate, renderIFramePlaylist } from './i-frame-playlist.ts';

const segment = (number: number, change: Partial<Segment> = {}): Segment => ({
  epoch: 'e0',
  discontinuity: 0,
  number,
  time: number * 2_000,
  duration: 2_000,
  size: 100_000,
  independent: true,
  wallClockMs: 0,
  keySize: 20_000 + number,
  ...change,
});

function timelineOf(segments: readonly Segment[], ended: boolean): Timeline {
  const timeline = new Timeline(1_000, 0);
  timeline.restore(segments, ended);
  return timeline;
}

const VOD = { kind: 'vod', targetDurationMs: 2_000, chunkDurationMs: null, skip: false } as const;

describe('the playlist of key frames', () => {
  test('names the first bytes of each segment', () => {
    expect(renderIFramePlaylist(timelineOf([segment(0), segment(1)], true), VOD)).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-I-FRAMES-ONLY
#EXT-X-MAP:URI="e0/init.mp4"
#EXTINF:2.00000,
#EXT-X-BYTERANGE:20000@0
e0/0.m4s
#EXTINF:2.00000,
#EXT-X-BYTERANGE:20001@0
e0/1.m4s
#EXT-X-ENDLIST
`);
  });

  test('is not to be had where a segment does not start with one', () => {
    const { keySize: _, ...without } = segment(1);
    expect(renderIFramePlaylist(timelineOf([segment(0), without], true), VOD)).toBeNull();
  });
});

test.each([
  ['the largest counts', [segment(0), segment(1, { keySize: 50_000 })], 200_000],
  ['nothing has none', [], null],
])('bit rate: %s', (_, segments, expected) => {
  expect(keyFrameBitRate(segments, 1_000)).toBe(expected);
});
