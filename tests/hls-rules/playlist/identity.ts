import { dateTimes } from './date-times.ts';
import type { MediaPlaylist } from './media-playlist.ts';
import type { Part, Segment } from './segment.ts';

/** Everything that is said of a segment, but for its date and parts, as a text to compare. */
export const identity = ({ uri, duration, range, map, keys, gap }: Segment) =>
  JSON.stringify({ uri, duration, range, map, keys, gap });

export const partIdentity = ({ tag }: Pick<Part, 'tag'>) => JSON.stringify([...tag.attributes]);

/** Dates are written in milliseconds; those that follow from others add up rounded durations. */
const DATE_ROUNDING_MS = 50;

const isMoved = (was: number | null | undefined, is: number | null | undefined) =>
  was != null && is != null && Math.abs(was - is) > DATE_ROUNDING_MS;

const partsIdentity = ({ parts }: Segment) => parts.map(partIdentity).join(' ');

/** Whether two playlists say the same of a segment; one of them may no longer list its parts. */
const isAlike = (one: Segment | undefined, other: Segment | undefined) =>
  one !== undefined &&
  other !== undefined &&
  identity(one) === identity(other) &&
  one.discontinuitySequence === other.discontinuitySequence &&
  (one.parts.length === 0 || other.parts.length === 0 || partsIdentity(one) === partsIdentity(other));

type Listed = Pick<MediaPlaylist, 'segments'>;

/** The numbers of segments that are not the same in both playlists. */
export function differing(one: Listed, other: Listed): readonly number[] {
  const [own, others] = [byNumber(one), byNumber(other)];
  const [ownDates, otherDates] = [datesByNumber(one), datesByNumber(other)];
  return [...new Set([...own.keys(), ...others.keys()])].filter(
    (number) =>
      !isAlike(own.get(number), others.get(number)) || isMoved(ownDates.get(number), otherDates.get(number)),
  );
}

const byNumber = ({ segments }: Listed) => new Map(segments.map((segment) => [segment.number, segment]));

/** When each segment was taken, by its number. */
function datesByNumber(playlist: Listed): ReadonlyMap<number, number | null> {
  const times = dateTimes(playlist);
  return new Map(playlist.segments.map(({ number }, index) => [number, times[index] ?? null]));
}

/** Numbers of segments that both playlists date, and that have moved in time. */
export function movedSegments(one: Listed, other: Listed): readonly number[] {
  const [was, is] = [datesByNumber(one), datesByNumber(other)];
  return [...is.keys()].filter((number) => isMoved(was.get(number), is.get(number)));
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
