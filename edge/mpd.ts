import { measure } from '../media/bitrate.ts';
import { renderManifest } from '../media/dash/manifest.ts';
import { toTicks } from '../media/time.ts';
import type { Timeline } from '../media/timeline.ts';
import { startOf } from '../wire/ids.ts';
import type { Presentation, Track } from '../wire/presentation.ts';

/** The DASH manifest of a presentation; null while its tracks have no epoch in common. */
export function renderMpd(
  { kind, targetDurationMs, chunkDurationMs, windowMs }: Presentation,
  tracks: readonly { readonly track: Track; readonly timeline: Timeline }[],
): string | null {
  const renditions = tracks.map(({ track: { id, media }, timeline: { segments, timescale, open } }) => {
    const bitRate = measure(segments, timescale, targetDurationMs / 1000);
    return {
      id,
      media,
      timescale,
      segments,
      open: open && { ...open, duration: toTicks(targetDurationMs / 1000, timescale) },
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
