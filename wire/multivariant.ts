import { measure } from '../media/bitrate.ts';
import { keyFrameBitRate } from '../media/hls/i-frame-playlist.ts';
import { type Container, renderMultivariantPlaylist } from '../media/hls/multivariant-playlist.ts';
import type { Milliseconds } from '../media/time.ts';
import type { Segment, Timeline } from '../media/timeline.ts';
import type { Track } from './presentation.ts';

export type TimedTrack = { readonly track: Track; readonly timeline: Timeline };

/**
 * The multivariant playlist of tracks, each with a segment at least. Bit rates are measured from their segments:
 * `segmentsOf` gives these in another container.
 */
export function renderMultivariant(
  tracks: readonly TimedTrack[],
  targetDurationMs: Milliseconds,
  container: Container = 'cmaf',
  segmentsOf: (timed: TimedTrack) => readonly Segment[] = ({ timeline }) => timeline.segments,
): string {
  const bitRate = (timed: TimedTrack) =>
    measure(segmentsOf(timed), timed.timeline.timescale, targetDurationMs / 1000);
  const videos = tracks.flatMap((timed) => {
    const { id, media } = timed.track;
    if (media.kind !== 'video') return [];
    const { codec, width, height, frameRate } = media;
    const { segments, timescale } = timed.timeline;
    return [
      {
        ...{ id, codec, width, height, frameRate: frameRate.num / frameRate.den },
        bitRate: bitRate(timed),
        keyFrameBitRate: keyFrameBitRate(segments, timescale),
      },
    ];
  });
  const audios = tracks.flatMap((timed) => {
    const { id, media } = timed.track;
    if (media.kind !== 'audio') return [];
    const { codec, channels, language } = media;
    return [{ id, codec, channels, language, bitRate: bitRate(timed) }];
  });
  return renderMultivariantPlaylist(videos, audios, container);
}
