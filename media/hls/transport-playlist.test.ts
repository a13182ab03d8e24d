import { expect, test } from 'bun:test';
import { type Segment, Timeline } from '../timeline.ts';
import { renderTransportPlaylist } from './transport-playlist.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const segment = (number: number, change: Partial<Segment> = {}): Segment => ({
  ...{ epoch: 'e0', discontinuity: 0, number, time: number * 180_000, duration: 180_000 },
  ...{ size: 1_000, independent: true, wallClockMs: START_MS + number * 2_000 },
  ...change,
});

function render(segments: readonly Segment[], kind: 'live' | 'vod', ended: boolean): string {
  const timeline = new Timeline(90_000, 0);
  for (const one of segments) timeline.append(one);
  if (ended) timeline.end();
  return renderTransportPlaylist(timeline, { kind, targetDurationMs: 2_000 });
}

test('a film in MPEG-TS has no section for initialisation', () => {
  expect(render([segment(0), segment(1, { duration: 45_045 })], 'vod', true)).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXTINF:2.00000,
e0/0.ts
#EXTINF:0.50050,
e0/1.ts
#EXT-X-ENDLIST
`);
});

test('a channel in MPEG-TS counts its breaks', () => {
  const restarted = { epoch: 'e1', discontinuity: 5, wallClockMs: START_MS + 60_000 };
  expect(render([segment(7, { discontinuity: 4 }), segment(8, restarted)], 'live', false)).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:4
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:19.678Z
#EXTINF:2.00000,
e0/7.ts
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:05:05.678Z
#EXTINF:2.00000,
e1/8.ts
`);
});
