import { measure } from '../media/bitrate.ts';
import { expected } from '../media/dash/expected.ts';
import { renderManifest } from '../media/dash/manifest.ts';
import type { Timeline } from '../media/timeline.ts';
import { startOf } from '../wire/ids.ts';
import type { Presentation, Track } from '../wire/presentation.ts';

/** The DASH manifest of a presentation; null while its tracks have no epoch in common. */
export function renderMpd(
  { kind, targetDurationMs, chunkDurationMs, windowMs }: Presentation,
  tracks: readonly { readonly track: Track; readonly timeline: Timeline }[],
): string | null {
  const renditions = tracks.map(({ track: { id, media }, timeline }) => {
    const { segments, timescale } = timeline;
    const bitRate = measure(segments, timescale, targetDurationMs / 1000);
    return {
      id,
      media,
      timescale,
      segments,
      ...(chunkDurationMs === null
        ? { open: null, next: null }
        : expected(timeline, { kind: media.kind, targetDurationMs })),
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
