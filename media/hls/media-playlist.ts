import { type Milliseconds, toSeconds } from '../time.ts';
import type { Segment, Timeline } from '../timeline.ts';
import { quoted, seconds, tag } from './tag.ts';

export type MediaPlaylistOptions = {
  /** Upper bound of a segment's duration, promised for as long as the playlist lives. */
  readonly targetDurationMs: Milliseconds;
  readonly kind: 'live' | 'vod';
};

/**
 * The playlist of one track (draft-pantos-hls-rfc8216bis §4.4.3 and §4.4.4). URIs are relative to it: `<epoch>/…`.
 * It depends on nothing but its arguments.
 */
export function renderMediaPlaylist(
  timeline: Timeline,
  { targetDurationMs, kind }: MediaPlaylistOptions,
): string {
  const first = timeline.segments[0];
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(targetDurationMs / 1000)}`,
    `#EXT-X-MEDIA-SEQUENCE:${first?.number ?? 0}`,
  ];
  if (first?.discontinuity) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${first.discontinuity}`);
  if (kind === 'vod') lines.push(`#EXT-X-PLAYLIST-TYPE:${timeline.ended ? 'VOD' : 'EVENT'}`);
  lines.push('#EXT-X-INDEPENDENT-SEGMENTS');
  let before: Segment | null = null;
  for (const segment of timeline.segments) {
    pushSegment(lines, segment, before, timeline.timescale, kind);
    before = segment;
  }
  if (timeline.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

function pushSegment(
  lines: string[],
  segment: Segment,
  before: Segment | null,
  timescale: number,
  kind: MediaPlaylistOptions['kind'],
): void {
  if (before?.epoch !== segment.epoch) {
    if (before !== null) lines.push('#EXT-X-DISCONTINUITY');
    lines.push(tag('EXT-X-MAP', { URI: quoted(`${segment.epoch}/init.mp4`) }));
    if (kind === 'live')
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.wallClockMs).toISOString()}`);
  }
  lines.push(`#EXTINF:${seconds(toSeconds(segment.duration, timescale))},`);
  lines.push(`${segment.epoch}/${segment.number}.m4s`);
}
