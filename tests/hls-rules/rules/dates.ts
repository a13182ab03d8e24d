import { type Check, must, should, when } from '../check.ts';
import { type Attributes, isYes, number, text } from '../playlist/attributes.ts';
import { dateTimes, hasDateTimes } from '../playlist/date-times.ts';
import type { MediaPlaylist } from '../playlist/media-playlist.ts';

/** "small (sub-second) overlaps to account for drift" (§6.2.1). */
const OVERLAP_MS = 1_000;

/** Dates are written in milliseconds, durations are added up. */
const ROUNDING_MS = 20;

/** Where a segment starts before the one in front of it ends, by more than drift explains. */
function overlaps(playlist: MediaPlaylist): readonly string[] {
  const times = dateTimes(playlist);
  return playlist.segments.flatMap(({ number: own, dateTime }, index) => {
    const before = playlist.segments[index - 1];
    const start = times[index - 1];
    if (dateTime === null || before === undefined || start == null) return [];
    const overlapMs = start + before.duration * 1000 - dateTime;
    const isAmbiguous = overlapMs >= OVERLAP_MS || dateTime <= start;
    return when(isAmbiguous, `segment ${own} starts ${overlapMs} ms before segment ${before.number} ends`);
  });
}

type Range = { readonly id: string; readonly attributes: Attributes };

const ranges = ({ dateRanges }: MediaPlaylist): readonly Range[] =>
  dateRanges.map(({ attributes }) => ({ id: text(attributes, 'ID') ?? '', attributes }));

const dateOf = (attributes: Attributes, name: string) => Date.parse(text(attributes, name) ?? '');

function badEnd({ id, attributes }: Range): readonly string[] {
  const [start, end] = [dateOf(attributes, 'START-DATE'), dateOf(attributes, 'END-DATE')];
  const seconds = number(attributes, 'DURATION');
  const isOff = seconds !== null && Math.abs(start + seconds * 1000 - end) > ROUNDING_MS;
  return when(end < start || isOff, `date range ${id} ends at ${text(attributes, 'END-DATE')}`);
}

function badNext({ id, attributes }: Range): readonly string[] {
  if (!isYes(attributes, 'END-ON-NEXT')) return [];
  const hasEnd = attributes.has('DURATION') || attributes.has('END-DATE');
  return when(hasEnd || !attributes.has('CLASS'), `date range ${id} with END-ON-NEXT`);
}

function contradictions(list: readonly Range[]): readonly string[] {
  const known = new Map<string, string>();
  return list.flatMap(({ id, attributes }) =>
    [...attributes].flatMap(([name, value]) => {
      const before = known.get(`${id} ${name}`);
      known.set(`${id} ${name}`, value);
      return when(before !== undefined && before !== value, `${name} of date range ${id} is told twice`);
    }),
  );
}

function startless(list: readonly Range[]): readonly string[] {
  const started = new Set<string>();
  return list.flatMap(({ id, attributes }) => {
    if (attributes.has('START-DATE')) started.add(id);
    return when(!started.has(id), `date range ${id} has no START-DATE`);
  });
}

const cues = ({ attributes }: Range) => text(attributes, 'CUE')?.split(',') ?? [];

/** Rules on dates. */
export const DATES: readonly Check<MediaPlaylist>[] = [
  must(
    'date-time-clear',
    '§6.2.1',
    'The Server MUST NOT make the mapping between program date and Media Segment ambiguous.',
    overlaps,
  ),
  should(
    'date-time-at-break',
    '§6.2.1',
    'A server that maps dates SHOULD apply a tag to every segment behind an EXT-X-DISCONTINUITY.',
    (playlist) =>
      playlist.segments
        .filter(({ discontinuity, dateTime }) => discontinuity && dateTime === null && hasDateTimes(playlist))
        .map(({ number: own }) => `segment ${own} has no date`),
  ),
  must(
    'date-range-dated',
    '§4.4.5.1',
    'A Playlist with EXT-X-DATERANGE MUST contain an EXT-X-PROGRAM-DATE-TIME tag.',
    (playlist) => when(playlist.dateRanges.length > 0 && !hasDateTimes(playlist), 'date ranges, and no date'),
  ),
  must(
    'date-range-start',
    '§4.4.5.1',
    'START-DATE is REQUIRED, unless a tag before it with the same ID has it.',
    (playlist) => startless(ranges(playlist)),
  ),
  must(
    'date-range-end',
    '§4.4.5.1',
    'END-DATE MUST NOT be before START-DATE, and MUST equal it plus DURATION.',
    (playlist) => ranges(playlist).flatMap(badEnd),
  ),
  must(
    'date-range-next',
    '§4.4.5.1',
    'A tag with END-ON-NEXT=YES MUST have a CLASS, and MUST NOT have DURATION or END-DATE.',
    (playlist) => ranges(playlist).flatMap(badNext),
  ),
  must(
    'date-range-same',
    '§4.4.5.1',
    'An attribute that appears in two tags with the same ID MUST have the same value.',
    (playlist) => contradictions(ranges(playlist)),
  ),
  must('date-range-cue', '§4.4.5.1', 'A CUE MUST NOT include both PRE and POST.', (playlist) =>
    ranges(playlist)
      .filter((range) => cues(range).includes('PRE') && cues(range).includes('POST'))
      .map(({ id }) => `date range ${id} has both`),
  ),
];
