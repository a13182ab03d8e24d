import type { MediaPlaylist } from '../playlist/media-playlist.ts';
import { lowLatency, media, swap, VOD } from './playlists.ts';

const LIVE = lowLatency();

/** The low-latency example with one thing changed. */
const live = (from: string, to: string) => media(swap(LIVE, from, to));
const vod = (from: string, to: string) => media(swap(VOD, from, to));
const behind = (text: string) => media(`${LIVE}${text}\n`);
const range = (attributes: string) => behind(`#EXT-X-DATERANGE:${attributes}`);

const FIRST_DATE = '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:20.000Z\n';
const SECOND_DATE = '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:24.000Z\n';
const START = 'START-DATE="2026-01-01T00:00:30Z"';
const CONTROL =
  '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.5';
const VOD_MAP = '#EXT-X-MAP:URI="e0/init.mp4"\n';

const OLD_SEGMENT = '#EXTINF:2.00000,\ne2/14.m4s';
const OLD_PARTS = [0, 1, 2, 3].map((index) => `#EXT-X-PART:DURATION=0.5,URI="e2/14.${index}.m4s"\n`).join('');

export const GOOD_PLAYLISTS: readonly MediaPlaylist[] = [
  media(LIVE),
  media(lowLatency({ skipped: 1 })),
  media(VOD),
  media(
    swap(
      swap(VOD, VOD_MAP, `#EXT-X-I-FRAMES-ONLY\n${VOD_MAP}#EXT-X-BYTERANGE:100@200\n`),
      'VERSION:6',
      'VERSION:5',
    ),
  ),
  range(`ID="1",${START},DURATION=10,END-DATE="2026-01-01T00:00:40Z",CLASS="c",X-COM-A="b"`),
];

/** For each rule on one media playlist, one that breaks it and no other. */
export const BROKEN_PLAYLISTS: Readonly<Record<string, MediaPlaylist>> = {
  encoding: behind('# \u0007'),
  'first-line': live('#EXTM3U\n', ''),
  'tag-known': behind('#EXT-X-FUTURE:1'),
  'tag-syntax': live(FIRST_DATE, '#EXT-X-PROGRAM-DATE-TIME:yesterday\n'),
  'attribute-list': live('PART-TARGET=0.5', 'PART-TARGET=0.5, X=1'),
  'attribute-once': live('PART-TARGET=0.5', 'PART-TARGET=0.5,PART-TARGET=0.5'),
  'attribute-required': behind('#EXT-X-START:PRECISE=YES'),
  'attribute-known': behind('#EXT-X-START:TIME-OFFSET=-6.0,FAST=YES'),
  'tag-once': behind('#EXT-X-INDEPENDENT-SEGMENTS'),
  'tag-place': behind('#EXT-X-CONTENT-STEERING:SERVER-URI="/steering/x"'),
  'uri-line': live('#EXTINF:2.00000,\ne1/11.m4s', 'e1/11.m4s'),

  'target-duration': vod('#EXT-X-TARGETDURATION:2\n', ''),
  'segment-duration': vod('#EXTINF:1.50000,', '#EXTINF:2.50000,'),
  'media-sequence-first': media(`${swap(VOD, '#EXT-X-MEDIA-SEQUENCE:0\n', '')}#EXT-X-MEDIA-SEQUENCE:0\n`),
  'discontinuity-sequence-first': vod(
    VOD_MAP,
    `#EXT-X-DISCONTINUITY\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n${VOD_MAP}`,
  ),
  'byte-range-offset': vod('#EXTINF:1.50000,', '#EXT-X-BYTERANGE:100\n#EXTINF:1.50000,'),
  'map-present': media(swap(swap(VOD, VOD_MAP, ''), 'VERSION:6', 'VERSION:3')),
  'key-attributes': vod(VOD_MAP, `#EXT-X-KEY:METHOD=NONE,URI="key"\n${VOD_MAP}`),
  'gap-parts': live('#EXTINF:2.00000,\ne2/15.m4s', '#EXT-X-GAP\n#EXTINF:2.00000,\ne2/15.m4s'),
  'vod-end': vod('#EXT-X-ENDLIST\n', ''),

  version: vod('VERSION:6', 'VERSION:5'),
  'version-needless': vod('VERSION:6', 'VERSION:7'),

  'part-hold-back-present': live(',PART-HOLD-BACK=1.5', ''),
  'part-hold-back': live('PART-HOLD-BACK=1.5', 'PART-HOLD-BACK=0.9'),
  'part-hold-back-wide': live('PART-HOLD-BACK=1.5', 'PART-HOLD-BACK=1.0'),
  'hold-back': live(',HOLD-BACK=6.0', ',HOLD-BACK=5.9'),
  'skip-boundary': live('CAN-SKIP-UNTIL=12.0', 'CAN-SKIP-UNTIL=11.9'),
  'skip-date-ranges': media(
    swap(
      swap(LIVE, 'CAN-SKIP-UNTIL=12.0', 'CAN-SKIP-DATERANGES=YES'),
      '#EXT-X-VERSION:9',
      '#EXT-X-VERSION:6',
    ),
  ),
  'skip-announced': media(swap(lowLatency({ skipped: 1 }), 'CAN-SKIP-UNTIL=12.0,', '')),
  'skip-far-enough': media(lowLatency({ skipped: 3 })),
  'low-latency-blocking': live('CAN-BLOCK-RELOAD=YES,', ''),
  'low-latency-date-time': media(swap(swap(LIVE, FIRST_DATE, ''), SECOND_DATE, '')),
  'low-latency-hint': live('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e2/18.2.m4s"\n', ''),

  'part-inf': media(
    swap(swap(LIVE, '#EXT-X-PART-INF:PART-TARGET=0.5\n', ''), CONTROL, CONTROL.replace(/,PART-.*/, '')),
  ),
  'part-longest': live('DURATION=0.50000,URI="e2/18.0.m4s"', 'DURATION=0.50100,URI="e2/18.0.m4s"'),
  'part-shortest': media(
    swap(
      swap(
        LIVE,
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e2/18.2.m4s"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e2/18.3.m4s"',
      ),
      'DURATION=0.50000,URI="e2/18.1.m4s"',
      'DURATION=0.40000,URI="e2/18.1.m4s"\n#EXT-X-PART:DURATION=0.50000,URI="e2/18.2.m4s"',
    ),
  ),
  'part-tags-first': live(
    '#EXTINF:2.00000,\ne2/17.m4s',
    '#EXT-X-MAP:URI="e2/init.mp4"\n#EXTINF:2.00000,\ne2/17.m4s',
  ),
  'part-range-offset': live('URI="e2/18.0.m4s"', 'URI="e2/18.0.m4s",BYTERANGE="100"'),
  'part-sum': live('#EXTINF:2.00000,\ne2/17.m4s', '#EXTINF:1.90000,\ne2/17.m4s'),
  'part-hole': media(LIVE.replaceAll(/#EXT-X-PART:.*"e2\/16\..*\n/g, '')),
  'part-old': live(OLD_SEGMENT, `${OLD_PARTS}${OLD_SEGMENT}`),
  'part-of-i-frame': live('#EXT-X-INDEPENDENT-SEGMENTS', '#EXT-X-I-FRAMES-ONLY'),
  'hint-after-end': behind('#EXT-X-ENDLIST'),
  'hint-is-next': live('TYPE=PART,URI="e2/18.2.m4s"', 'TYPE=PART,URI="e2/18.1.m4s"'),
  'hint-once': behind('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="e2/18.3.m4s"'),
  'report-relative': live('URI="../a1/index.m3u8"', 'URI="http://edge/v/x/a1/index.m3u8"'),

  'date-time-clear': live(SECOND_DATE, '#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:22.500Z\n'),
  'date-time-at-break': live(SECOND_DATE, ''),
  'date-range-dated': vod(VOD_MAP, `#EXT-X-DATERANGE:ID="1",${START}\n${VOD_MAP}`),
  'date-range-start': range('ID="1",DURATION=3'),
  'date-range-end': range(`ID="1",${START},END-DATE="2026-01-01T00:00:29Z"`),
  'date-range-next': range(`ID="1",${START},END-ON-NEXT=YES`),
  'date-range-same': range(`ID="1",${START}\n#EXT-X-DATERANGE:ID="1",START-DATE="2026-01-01T00:00:31Z"`),
  'date-range-cue': range(`ID="1",${START},CUE="PRE,POST"`),
};
