import { describe, expect, test } from 'bun:test';
import { type Segment, Timeline } from '../timeline.ts';
import { type MediaPlaylistOptions, renderMediaPlaylist } from './media-playlist.ts';

const TIMESCALE = 90_000;
const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const segment = (number: number, change: Partial<Segment> = {}): Segment => ({
  epoch: 'e0',
  discontinuity: 0,
  number,
  time: number * 180_000,
  duration: 180_000,
  size: 1_000,
  independent: true,
  wallClockMs: START_MS + number * 2_000,
  ...change,
});

function render(
  segments: readonly Segment[],
  options: Partial<MediaPlaylistOptions> & { ended?: boolean; windowMs?: number },
) {
  const { ended = false, windowMs = 0, kind = 'live', targetDurationMs = 2_000 } = options;
  const timeline = new Timeline(TIMESCALE, windowMs);
  timeline.restore(segments, ended);
  const { chunkDurationMs = null, skip = false, reports = [] } = options;
  return renderMediaPlaylist(timeline, { kind, targetDurationMs, chunkDurationMs, skip, reports });
}

const restarted = { epoch: 'e1', discontinuity: 1, wallClockMs: START_MS + 60_000 };

const GOLDEN: readonly (readonly [string, string, string])[] = [
  [
    'a live track in its first epoch',
    render([segment(0), segment(1)], {}),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e0/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z
#EXTINF:2.00000,
e0/0.m4s
#EXTINF:2.00000,
e0/1.m4s
`,
  ],
  [
    'a live track whose encoder was restarted',
    render([segment(7, { duration: 171_000 }), segment(8, restarted)], {}),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e0/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:19.678Z
#EXTINF:1.90000,
e0/7.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="e1/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:05:05.678Z
#EXTINF:2.00000,
e1/8.m4s
`,
  ],
  [
    'a live track whose first epoch has left the window',
    render(
      [segment(7), segment(8, restarted), segment(9, { ...restarted, wallClockMs: START_MS + 62_000 })],
      {
        windowMs: 4_000,
      },
    ),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-MEDIA-SEQUENCE:8
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e1/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:05:05.678Z
#EXTINF:2.00000,
e1/8.m4s
#EXTINF:2.00000,
e1/9.m4s
`,
  ],
  [
    'a live track that has ended',
    render([segment(3)], { ended: true }),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-MEDIA-SEQUENCE:3
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e0/init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:11.678Z
#EXTINF:2.00000,
e0/3.m4s
#EXT-X-ENDLIST
`,
  ],
  [
    'a film that is still being packaged',
    render([segment(0)], { kind: 'vod' }),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e0/init.mp4"
#EXTINF:2.00000,
e0/0.m4s
`,
  ],
  [
    'a complete film whose last segment is short',
    render([segment(0), segment(1, { duration: 45_045 })], {
      kind: 'vod',
      ended: true,
      targetDurationMs: 2_001,
    }),
    `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="e0/init.mp4"
#EXTINF:2.00000,
e0/0.m4s
#EXTINF:0.50050,
e0/1.m4s
#EXT-X-ENDLIST
`,
  ],
];

describe('the playlist of', () => {
  test.each(GOLDEN)('%s', (_, rendered, golden) => {
    expect(rendered).toBe(golden);
  });

  test.each([
    { kind: 'live', ended: true },
    { kind: 'vod', ended: true },
    { kind: 'vod', ended: false },
  ] as const)('what cannot be skipped is whole: %o', (options) => {
    const segments = Array.from({ length: 12 }, (_, number) => segment(number));
    expect(render(segments, { ...options, skip: true })).toBe(render(segments, options));
  });

  test('the time in which a source was lost does not count as length of the playlist', () => {
    const lost = { epoch: 'e1', discontinuity: 1 };
    const segments = Array.from({ length: 12 }, (_, number) =>
      number < 10 ? segment(number) : segment(number, { ...lost, time: (number + 30) * 180_000 }),
    );
    expect(render(segments, { skip: true })).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=6\n');
  });

  test('the same timeline is the same bytes, however it came about', () => {
    const appended = new Timeline(TIMESCALE, 4_000);
    for (let number = 0; number < 9; number++) appended.append(segment(number));
    const restored = new Timeline(TIMESCALE, 4_000);
    restored.restore([segment(7), segment(8)], false);
    const options = {
      kind: 'live',
      targetDurationMs: 2_000,
      chunkDurationMs: null,
      skip: false,
      reports: [],
    } as const;
    expect(renderMediaPlaylist(appended, options)).toBe(renderMediaPlaylist(restored, options));
  });
});
