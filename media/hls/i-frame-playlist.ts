import { toSeconds } from '../time.ts';
import type { Segment, Timeline } from '../timeline.ts';
import { header, heeded, listingOf, type MediaPlaylistOptions, pushSkip } from './media-playlist.ts';
import { Pages } from './pages.ts';
import { seconds } from './tag.ts';

/** What stands on its own: the key frame that a segment starts with. */
type KeyFrame = Segment & { readonly keySize: number };

const hasKeyFrame = (segment: Segment): segment is KeyFrame => segment.keySize !== undefined;

/**
 * The key frames of a video track, for seeking with pictures (draft-pantos-hls-rfc8216bis §4.4.3.6): one a segment,
 * as the bytes from its start to the end of its first sample. URIs are relative: `<epoch>/…`. Null for a track whose
 * segments do not all start with one.
 */
export function renderIFramePlaylist(
  timeline: Timeline,
  asked: Omit<MediaPlaylistOptions, 'reports'>,
  pages = new Pages(),
): string | null {
  const { segments, timescale } = timeline;
  if (!segments.every(hasKeyFrame)) return null;
  const options = heeded(timeline, { ...asked, reports: [] });
  const lines = [...header(timeline, options), '#EXT-X-I-FRAMES-ONLY'];
  const skipped = pushSkip(lines, timeline, options);
  const listing = listingOf(
    { segments: segments, timescale },
    skipped,
    options.kind,
    (lines, { epoch, number, duration, keySize }) => {
      lines.push(
        `#EXTINF:${seconds(toSeconds(duration, timescale))},`,
        `#EXT-X-BYTERANGE:${keySize ?? 0}@0`,
        `${epoch}/${number}.m4s`,
      );
    },
  );
  pages.push(lines, segments, [skipped, segments.length], listing);
  if (timeline.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** The largest bit rate of a key frame over the segment that it stands for; null where there are none. */
export function keyFrameBitRate(segments: readonly Segment[], timescale: number): number | null {
  if (segments.length === 0 || !segments.every(hasKeyFrame)) return null;
  const bitRate = ({ keySize, duration }: Segment) => ((keySize ?? 0) * 8) / toSeconds(duration, timescale);
  return Math.ceil(segments.reduce((largest, segment) => Math.max(largest, bitRate(segment)), 0));
}
