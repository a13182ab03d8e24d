import { dateTimes } from './date-times.ts';
import type { MediaPlaylist } from './media-playlist.ts';
import type { OpenSegment, Part, Segment } from './segment.ts';

/** Everything that is said of a segment, but for its date and parts, as a text to compare. */
export const identity = ({ uri, duration, range, map, keys, gap }: Segment) =>
  JSON.stringify({ uri, duration, range, map, keys, gap });

export const partIdentity = ({ tag }: Pick<Part, 'tag'>) => JSON.stringify([...tag.attributes]);

const partsIdentity = ({ parts }: Pick<OpenSegment, 'parts'>) => parts.map(partIdentity).join(' ');

/** Segments by their number, with what is said of each. */
export function listing(playlist: MediaPlaylist): ReadonlyMap<number, string> {
  const times = dateTimes(playlist);
  return new Map(
    playlist.segments.map((segment, index) => [
      segment.number,
      `${identity(segment)} ${segment.discontinuitySequence} ${times[index]} ${partsIdentity(segment)}`,
    ]),
  );
}

/** What stands behind the segments: the open one, hints and reports. */
export const tail = ({ open, hints, ended }: MediaPlaylist) =>
  JSON.stringify({
    number: open.number,
    map: open.map,
    discontinuitySequence: open.discontinuitySequence,
    parts: open.parts.map(partIdentity),
    hints: hints.map((hint) => partIdentity({ tag: hint })),
    ended,
  });
