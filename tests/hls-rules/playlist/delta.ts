import type { MediaPlaylist } from './media-playlist.ts';
import type { OpenSegment, Segment } from './segment.ts';

/**
 * What a client makes of a delta update (§6.3.7): the segments that it skips are those of the older version. Null
 * when the older version does not have them all, as the client has then to load the whole playlist.
 */
export function applyDelta(older: MediaPlaylist, delta: MediaPlaylist): MediaPlaylist | null {
  const from = delta.sequence;
  const kept = older.segments.filter(({ number }) => number >= from && number < from + delta.skipped);
  if (kept.length < delta.skipped) return null;
  const inherit = inheriting(kept.at(-1) ?? null, delta);
  return {
    ...delta,
    segments: [...kept, ...delta.segments.map(inherit)],
    open: inherit(delta.open),
    skipped: 0,
  };
}

/** Tags that are skipped, but reach beyond the skipped segments, go on to apply. */
function inheriting(last: Segment | null, delta: MediaPlaylist) {
  const skippedBreaks = last === null ? 0 : last.discontinuitySequence - delta.discontinuitySequence;
  return <Kind extends Segment | OpenSegment>(segment: Kind): Kind => ({
    ...segment,
    map: segment.map ?? last?.map ?? null,
    keys: segment.keys.length > 0 ? segment.keys : (last?.keys ?? []),
    discontinuitySequence: segment.discontinuitySequence + skippedBreaks,
  });
}
