import { measure } from '../media/bitrate.ts';
import { expected } from '../media/dash/expected.ts';
import { renderManifest } from '../media/dash/manifest.ts';
import type { Timeline } from '../media/timeline.ts';
import { startOf } from '../wire/ids.ts';
import type { Presentation, Track } from '../wire/presentation.ts';

type TimedTrack = { readonly track: Track; readonly timeline: Timeline };

/** What is not there yet: the segment that grows, and perhaps the one behind it. */
const ahead = ({ chunkDurationMs, targetDurationMs }: Presentation, { track, timeline }: TimedTrack) =>
  chunkDurationMs === null
    ? { open: null, next: null }
    : expected(timeline, { kind: track.media.kind, targetDurationMs });

/** Equal where the manifests are: most chunks change nothing that it says. */
export const mpdRevision = (presentation: Presentation, tracks: readonly TimedTrack[]): string =>
  tracks
    .map((timed) => {
      const { open, next } = ahead(presentation, timed);
      return `${timed.timeline.listing}:${open?.duration ?? 0}:${next?.time ?? 0}`;
    })
    .join(' ');

/** The DASH manifest of a presentation; null while its tracks have no epoch in common. */
export function renderMpd(presentation: Presentation, tracks: readonly TimedTrack[]): string | null {
  const { kind, targetDurationMs, chunkDurationMs, windowMs } = presentation;
  const renditions = tracks.map((timed) => {
    const { id, media } = timed.track;
    const { segments, timescale } = timed.timeline;
    const bitRate = measure(segments, timescale, targetDurationMs / 1000);
    return {
      id,
      media,
      timescale,
      segments,
      ...ahead(presentation, timed),
      bitRate,
    };
  });
  const ended = tracks.every(({ timeline }) => timeline.ended);
  return renderManifest(renditions, {
    kind,
    ended,
    targetDurationMs,
    windowMs,
    startOf,
    ...(chunkDurationMs === null ? {} : { chunkDurationMs }),
  });
}
