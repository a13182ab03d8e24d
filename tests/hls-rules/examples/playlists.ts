import { type MediaPlaylist, parseMedia } from '../playlist/media-playlist.ts';
import { type MultivariantPlaylist, parseMultivariant } from '../playlist/multivariant-playlist.ts';

export const BASE = 'http://edge/v/x';
export const URL_OF_TRACK = `${BASE}/v1/index.m3u8`;

const bytes = (text: string) => new TextEncoder().encode(text);

export const media = (text: string, url = URL_OF_TRACK): MediaPlaylist => parseMedia(bytes(text), url);
export const multivariant = (text: string): MultivariantPlaylist =>
  parseMultivariant(bytes(text), `${BASE}/index.m3u8`);

/** Replaces what has to be there. */
export function swap(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the example has no ${from}`);
  return text.replace(from, () => to);
}

const EPOCH_MS = Date.UTC(2026, 0, 1);

/** The number of the segment in front of which the encoder was restarted. */
const RESTART = 12;

const epochOf = (number: number) => (number < RESTART ? 'e1' : 'e2');

function opening(number: number, first: number, restart: number): readonly string[] {
  if (number !== first && number !== restart) return [];
  return [
    ...(number === restart && number !== first ? ['#EXT-X-DISCONTINUITY'] : []),
    `#EXT-X-MAP:URI="${epochOf(number)}/init.mp4"`,
    `#EXT-X-PROGRAM-DATE-TIME:${new Date(EPOCH_MS + number * 2_000).toISOString()}`,
  ];
}

const part = (number: number, index: number) =>
  `#EXT-X-PART:DURATION=0.50000,URI="${epochOf(number)}/${number}.${index}.m4s"${index === 0 ? ',INDEPENDENT=YES' : ''}`;

const parts = (number: number, count: number) =>
  Array.from({ length: count }, (_, index) => part(number, index));

export type Shape = {
  readonly from?: number;
  readonly count?: number;
  /** Parts of the segment behind the last. */
  readonly open?: number;
  readonly skipped?: number;
  readonly restart?: number;
};

const PARTED_SEGMENTS = 3;

/** A low-latency playlist with nothing wrong: segments of 2 s, parts of 0.5 s, a restart before segment 12. */
export function lowLatency({
  from = 10,
  count = 8,
  open = 2,
  skipped = 0,
  restart = RESTART,
}: Shape = {}): string {
  const next = from + count;
  const listed = Array.from({ length: count - skipped }, (_, index) => from + skipped + index);
  const segments = listed.flatMap((number) => [
    ...opening(number, from, restart),
    ...(number >= next - PARTED_SEGMENTS ? parts(number, 4) : []),
    '#EXTINF:2.00000,',
    `${epochOf(number)}/${number}.m4s`,
  ]);
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-TARGETDURATION:2',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0,PART-HOLD-BACK=1.5',
    '#EXT-X-PART-INF:PART-TARGET=0.5',
    `#EXT-X-MEDIA-SEQUENCE:${from}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${from >= restart ? 1 : 0}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
    ...segments,
    ...parts(next, open),
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${epochOf(next)}/${next}.${open}.m4s"`,
    `#EXT-X-RENDITION-REPORT:URI="../a1/index.m3u8",LAST-MSN=${next},LAST-PART=${open - 1}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** A film with nothing wrong. */
export const VOD = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-MAP:URI="e0/init.mp4"
#EXTINF:2.00000,
e0/0.m4s
#EXTINF:2.00000,
e0/1.m4s
#EXTINF:1.50000,
e0/2.m4s
#EXT-X-ENDLIST
`;

/** A multivariant playlist with nothing wrong. */
export const MULTIVARIANT = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="audio",NAME="en",LANGUAGE="en",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="a1/index.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1000000,AVERAGE-BANDWIDTH=900000,CODECS="avc1.42c01e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000,AUDIO="audio"
v1/index.m3u8
`;
