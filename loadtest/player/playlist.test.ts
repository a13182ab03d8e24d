import { expect, test } from 'bun:test';
import { renderMultivariantPlaylist } from '../../media/hls/multivariant-playlist.ts';
import { parseMedia, parseMultivariant, startOf } from './playlist.ts';

const live = (count: number, tail = '') =>
  `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:40
#EXT-X-MAP:URI="e1/init.mp4"
${Array.from({ length: count }, (_, at) => `#EXTINF:2.00000,\ne1/${40 + at}.m4s\n`).join('')}${tail}`;

test('a live playlist', () => {
  expect(
    parseMedia(live(2, '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="e2/init.mp4"\n#EXTINF:1.5,\ne2/42.m4s')),
  ).toEqual({
    targetSeconds: 2,
    ended: false,
    segments: [
      { number: 40, uri: 'e1/40.m4s', seconds: 2, map: 'e1/init.mp4' },
      { number: 41, uri: 'e1/41.m4s', seconds: 2, map: 'e1/init.mp4' },
      { number: 42, uri: 'e2/42.m4s', seconds: 1.5, map: 'e2/init.mp4' },
    ],
  });
});

test.each(['', 'not found', '#EXTM3U\n#EXT-X-VERSION:7\n'])('%p is no playlist', (text) => {
  expect(parseMedia(text)).toBeNull();
  expect(parseMultivariant(text)).toBeNull();
});

test.each([
  { what: 'live', text: live(10), number: 47 },
  { what: 'live and short', text: live(2), number: 40 },
  { what: 'live and empty', text: live(0), number: null },
  { what: 'ended', text: live(10, '#EXT-X-ENDLIST\n'), number: 40 },
])('a player starts in what is $what', ({ text, number }) => {
  const playlist = parseMedia(text);
  expect(playlist && startOf(playlist)).toBe(number);
});

test('what the edge renders', () => {
  const bitRate = { peak: 900, average: 800 };
  const video = {
    id: 'v240',
    codec: 'avc1.42c015',
    width: 426,
    height: 240,
    frameRate: 24,
    bitRate,
    keyFrameBitRate: 900,
  };
  const audio = { id: 'a128', codec: 'mp4a.40.2', channels: 2, language: 'und', bitRate };
  expect(parseMultivariant(renderMultivariantPlaylist([video], [audio]))).toEqual({
    variants: [{ uri: 'v240/index.m3u8', bandwidth: 1800, audio: 'audio' }],
    audio: { audio: 'a128/index.m3u8' },
  });
});
