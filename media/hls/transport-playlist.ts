import { type Milliseconds, toSeconds } from '../time.ts';
import type { Segment, Timeline } from '../timeline.ts';
import { dateTime } from './date-time.ts';
import { Pages } from './pages.ts';
import { seconds } from './tag.ts';

export type TransportPlaylistOptions = {
  readonly targetDurationMs: Milliseconds;
  readonly kind: 'live' | 'vod';
};

/**
 * The playlist of one track in MPEG-TS, for devices that know no other (draft-pantos-hls-rfc8216bis §3.1.1). It has
 * the segments that the one in CMAF has, and nothing that needs a version above 3: no sections of their own for
 * initialisation, nothing of low latency.
 */
export function renderTransportPlaylist(
  { segments, timescale, ended }: Timeline,
  { targetDurationMs, kind }: TransportPlaylistOptions,
  pages = new Pages(),
): string {
  const [first] = segments;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${Math.ceil(targetDurationMs / 1000)}`,
    `#EXT-X-MEDIA-SEQUENCE:${first?.number ?? 0}`,
    kind === 'live'
      ? `#EXT-X-DISCONTINUITY-SEQUENCE:${first?.discontinuity ?? 0}`
      : `#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  pages.push(lines, segments, [0, segments.length], {
    pushHead: (lines, index) => pushHead(lines, segments[index], segments[index - 1], { kind, timescale }),
    pushBody: (lines, index) => pushBody(lines, segments[index], timescale),
  });
  if (ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

function pushHead(
  lines: string[],
  segment: Segment | undefined,
  before: Segment | undefined,
  { kind, timescale }: Pick<TransportPlaylistOptions, 'kind'> & { readonly timescale: number },
): void {
  if (segment === undefined || before?.epoch === segment.epoch) return;
  if (before !== undefined) lines.push('#EXT-X-DISCONTINUITY');
  if (kind === 'live') lines.push(`#EXT-X-PROGRAM-DATE-TIME:${dateTime(segment, timescale)}`);
}

function pushBody(lines: string[], segment: Segment | undefined, timescale: number): void {
  if (segment === undefined) return;
  const { epoch, number, duration } = segment;
  lines.push(`#EXTINF:${seconds(toSeconds(duration, timescale))},`, `${epoch}/${number}.ts`);
}
