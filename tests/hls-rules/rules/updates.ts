import { type Check, must, when } from '../check.ts';
import { text } from '../playlist/attributes.ts';
import { dateTimes } from '../playlist/date-times.ts';
import { identity, movedSegments, partIdentity } from '../playlist/identity.ts';
import type { Tag } from '../playlist/lines.ts';
import { durationOf, hinted, lastNumber, type MediaPlaylist, partsOf } from '../playlist/media-playlist.ts';
import type { Segment } from '../playlist/segment.ts';

/** Two whole versions of one playlist, in the order in which they were served. */
export type Update = { readonly before: MediaPlaylist; readonly after: MediaPlaylist };

/** The segments that both versions list, by number. */
const shared = ({ before, after }: Update): readonly (readonly [Segment, Segment])[] => {
  const known = new Map(before.segments.map((segment) => [segment.number, segment]));
  return after.segments.flatMap((segment) => {
    const old = known.get(segment.number);
    return old === undefined ? [] : [[old, segment] as const];
  });
};

const removed = ({ before, after }: Update) =>
  before.segments.filter(({ number }) => number < after.sequence);

/** Tags of the playlist as a whole that may not change (§6.2.1), as written. */
const MAY_CHANGE = ['EXT-X-MEDIA-SEQUENCE', 'EXT-X-DISCONTINUITY-SEQUENCE', 'EXT-X-ENDLIST'];
const OWN_RULE = ['EXT-X-TARGETDURATION', 'EXT-X-PLAYLIST-TYPE'];

const header = ({ lines }: MediaPlaylist) =>
  lines
    .filter((line): line is Tag => line.kind === 'tag' && (line.place === 'any' || line.place === 'media'))
    .filter(({ name }) => !MAY_CHANGE.includes(name) && !OWN_RULE.includes(name))
    .map(({ name, value }) => `${name}:${value}`);

function changedHeader({ before, after }: Update): readonly string[] {
  const [old, now] = [header(before), header(after)];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `${line} is gone`),
    ...now.filter((line) => !old.includes(line)).map((line) => `${line} is new`),
  ];
}

/** Parts of one segment: they are only added at its end, or removed all together. */
function changedParts({ before, after }: Update): readonly string[] {
  const now = new Map([...after.segments, after.open].map((segment) => [segment.number, segment.parts]));
  return [...before.segments, before.open].flatMap(({ number, parts }) => {
    const own = now.get(number)?.map(partIdentity) ?? [];
    const isChanged = own.length > 0 && parts.some((part, index) => partIdentity(part) !== own[index]);
    return when(isChanged, `the parts of segment ${number} have changed`);
  });
}

/** The part that stands behind the last one of the version before. */
function nextPart({ before, after }: Update) {
  const last = partsOf(before).at(-1);
  if (last === undefined) return undefined;
  const list = [...after.segments, after.open].flatMap(({ parts, discontinuity }) =>
    parts.map((part, index) => ({ part, isBreak: discontinuity && index === 0 })),
  );
  const at = list.findIndex(({ part }) => partIdentity(part) === partIdentity(last));
  return at < 0 ? undefined : list[at + 1];
}

function brokenHint(update: Update): readonly string[] {
  const [hint, next] = [hinted(update.before, 'PART'), nextPart(update)];
  if (hint === null || next === undefined || next.isBreak) return [];
  return when(hint !== next.part.uri, `${hint} was hinted, ${next.part.uri} came`);
}

/** Date ranges that are gone, though they reach into the segments that are left. */
function lostDateRanges({ before, after }: Update): readonly string[] {
  const from = dateTimes(after)[0] ?? null;
  const left = new Set(after.dateRanges.map(({ attributes }) => text(attributes, 'ID')));
  return before.dateRanges
    .map(({ attributes }) => attributes)
    .filter((attributes) => !left.has(text(attributes, 'ID')))
    .filter((attributes) => {
      const end = Date.parse(text(attributes, 'END-DATE') ?? text(attributes, 'START-DATE') ?? '');
      return from !== null && end >= from;
    })
    .map((attributes) => `date range ${text(attributes, 'ID')} is gone`);
}

/** Rules on how a media playlist may change. */
export const UPDATES: readonly Check<Update>[] = [
  must(
    'target-duration-constant',
    '§6.2.1',
    'The value of the EXT-X-TARGETDURATION tag MUST NOT change.',
    ({ before, after }) =>
      when(
        before.targetDuration !== after.targetDuration,
        `${before.targetDuration} s, then ${after.targetDuration} s`,
      ),
  ),
  must(
    'header-constant',
    '§6.2.1',
    'The server MUST NOT change the Media Playlist file, except to append, to remove and to count.',
    changedHeader,
  ),
  must(
    'media-sequence-back',
    '§6.2.2',
    'EXT-X-MEDIA-SEQUENCE MUST NOT decrease or wrap.',
    ({ before, after }) =>
      when(after.sequence < before.sequence, `${before.sequence}, then ${after.sequence}`),
  ),
  must(
    'media-sequence-counts',
    '§6.2.2',
    'EXT-X-MEDIA-SEQUENCE MUST be incremented by 1 for every segment removed, and only from the front.',
    (update) =>
      shared(update)
        .filter(([old, now]) => old.uri !== now.uri)
        .map(([old, now]) => `number ${now.number} was ${old.uri} and is ${now.uri}`),
  ),
  must('segments-constant', '§6.2.1', 'What is published of a segment does not change.', (update) =>
    shared(update)
      .filter(([old, now]) => old.uri === now.uri && identity(old) !== identity(now))
      .map(([old, now]) => `segment ${now.number}: ${identity(old)}, then ${identity(now)}`),
  ),
  must(
    'segments-kept',
    '§6.2.2',
    'Media Segments MUST be removed in the order that they appear.',
    ({ before, after }) =>
      when(
        after.sequence >= before.sequence && lastNumber(after) < lastNumber(before),
        `the last segment was ${lastNumber(before)} and is ${lastNumber(after)}`,
      ),
  ),
  must(
    'date-time-constant',
    '§6.2.1',
    'The mapping between program date and Media Segment stays as it is.',
    ({ before, after }) =>
      movedSegments(before, after).map((number) => `segment ${number} has moved in time`),
  ),
  must('parts-constant', '§6.2.1', 'Parts are added at the end, and removed from the front.', changedParts),
  must(
    'discontinuity-sequence-back',
    '§6.2.2',
    'EXT-X-DISCONTINUITY-SEQUENCE MUST NOT decrease or wrap.',
    ({ before, after }) =>
      when(
        after.discontinuitySequence < before.discontinuitySequence,
        `${before.discontinuitySequence}, then ${after.discontinuitySequence}`,
      ),
  ),
  must(
    'discontinuity-sequence-counts',
    '§6.2.2',
    'Discontinuity Sequence Numbers of the segments still in the playlist MUST remain unchanged.',
    (update) =>
      update.after.discontinuitySequence < update.before.discontinuitySequence
        ? []
        : shared(update)
            .filter(([old, now]) => old.discontinuitySequence !== now.discontinuitySequence)
            .map(
              ([old, now]) =>
                `segment ${now.number}: ${old.discontinuitySequence}, then ${now.discontinuitySequence}`,
            ),
  ),
  must(
    'discontinuity-sequence-present',
    '§6.2.2',
    'To remove segments from a playlist with EXT-X-DISCONTINUITY, it MUST have EXT-X-DISCONTINUITY-SEQUENCE.',
    (update) => {
      const { before, after } = update;
      const hasBreak = before.segments.some(({ discontinuity }) => discontinuity);
      const hasTag = [before, after].every(({ lines }) =>
        lines.some((line) => line.kind === 'tag' && line.name === 'EXT-X-DISCONTINUITY-SEQUENCE'),
      );
      return when(hasBreak && removed(update).length > 0 && !hasTag, 'segments were removed without it');
    },
  ),
  must('end-final', '§4.4.3.4', 'No more Media Segments will be added behind EXT-X-ENDLIST.', (update) =>
    when(
      update.before.ended && (!update.after.ended || lastNumber(update.after) > lastNumber(update.before)),
      `it had ended at ${lastNumber(update.before)}`,
    ),
  ),
  must(
    'type-constant',
    '§6.2.1, §6.2.2',
    'A playlist of type VOD MUST NOT change; from one of type EVENT, or any, nothing is removed.',
    (update) => {
      const { before, after } = update;
      const isLonger = before.type === 'VOD' && lastNumber(after) > lastNumber(before) && !before.ended;
      const isShorter = before.type !== null && removed(update).length > 0;
      return when(isLonger || isShorter || before.type !== after.type, `type ${before.type} has changed`);
    },
  ),
  must(
    'live-length',
    '§6.2.2',
    'The server MUST NOT remove a segment if that leaves less than three Target Durations.',
    (update) => {
      const { after } = update;
      const isShort = durationOf(after) < 3 * after.targetDuration;
      return when(removed(update).length > 0 && !after.ended && isShort, `${durationOf(after)} s are left`);
    },
  ),
  must(
    'hint-kept',
    '§4.4.5.3',
    'A hinted URI MUST match the URI that is subsequently added to the Playlist.',
    brokenHint,
  ),
  must(
    'date-range-kept',
    '§6.2.1',
    'The server MUST NOT remove an EXT-X-DATERANGE tag if any date in it maps to a segment.',
    lostDateRanges,
  ),
];
