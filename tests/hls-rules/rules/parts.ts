import { type Check, must, should, when } from '../check.ts';
import { isYes, text } from '../playlist/attributes.ts';
import { durationOf, type MediaPlaylist, partsOf } from '../playlist/media-playlist.ts';
import type { OpenSegment, Part, Segment } from '../playlist/segment.ts';

/** The sum of durations that are written with five decimals, or with three. */
const SUM_ROUNDING_SECONDS = 0.005;
const ROUNDING_SECONDS = 0.00002;

const LEAST_SHARE = 0.85;

/** Parts that may be short: independent, before a gap, or last in their segment (§4.4.4.9). */
const isShort = (part: Part, next: Part | undefined, target: number) =>
  part.duration < LEAST_SHARE * target - ROUNDING_SECONDS &&
  next !== undefined &&
  !part.independent &&
  !part.gap &&
  !next.gap;

const shortParts = ({ number, parts }: OpenSegment, target: number) =>
  parts
    .filter((part, index) => isShort(part, parts[index + 1], target))
    .map(({ uri, duration }) => `part ${uri} of segment ${number} lasts ${duration} s of ${target}`);

const BEFORE_PARTS = ['EXT-X-DISCONTINUITY', 'EXT-X-KEY', 'EXT-X-MAP', 'EXT-X-PROGRAM-DATE-TIME'];

function lateTags({ tags, number }: OpenSegment): readonly string[] {
  const first = tags.findIndex(({ name }) => name === 'EXT-X-PART');
  if (first < 0) return [];
  const late = tags.filter(({ name }, index) => index > first && BEFORE_PARTS.includes(name));
  return late.map(({ name, at }) => `line ${at}: ${name} behind a part of segment ${number}`);
}

const partSum = ({ parts }: Segment) => parts.reduce((sum, { duration }) => sum + duration, 0);

const all = ({ segments, open }: MediaPlaylist): readonly OpenSegment[] => [...segments, open];

/** Segments with parts, each with the seconds between its end and the end of the playlist. */
function ages(playlist: MediaPlaylist) {
  let left = durationOf(playlist) + playlist.open.parts.reduce((sum, { duration }) => sum + duration, 0);
  return playlist.segments.flatMap(({ number, parts, duration }) => {
    left -= duration;
    return parts.length === 0 ? [] : [{ number, age: left }];
  });
}

const isAdrift = (part: Part, before: Part | undefined) =>
  part.range?.offset === null && (before?.range == null || before.uri !== part.uri);

/** Rules on Partial Segments. */
export const PARTS: readonly Check<MediaPlaylist>[] = [
  must(
    'part-inf',
    '§4.4.3.7',
    'EXT-X-PART-INF is REQUIRED if a Playlist contains one or more EXT-X-PART tags.',
    (playlist) =>
      when(playlist.partTarget === null && partsOf(playlist).length > 0, 'parts without EXT-X-PART-INF'),
  ),
  must(
    'part-longest',
    '§4.4.4.9',
    'The duration of a Partial Segment MUST be at most the Part Target Duration.',
    (playlist) => {
      const target = playlist.partTarget ?? Number.POSITIVE_INFINITY;
      return partsOf(playlist)
        .filter(({ duration }) => duration > target)
        .map(({ uri, duration }) => `part ${uri} lasts ${duration} s of ${target}`);
    },
  ),
  must(
    'part-shortest',
    '§4.4.4.9',
    'The duration of each Partial Segment MUST be at least 85% of the Part Target Duration.',
    (playlist) => all(playlist).flatMap((segment) => shortParts(segment, playlist.partTarget ?? 0)),
  ),
  must(
    'part-tags-first',
    '§4.4.4.9',
    'Tags that apply to a Parent Segment MUST appear before its first EXT-X-PART tag.',
    (playlist) => all(playlist).flatMap(lateTags),
  ),
  must(
    'part-range-offset',
    '§4.4.4.9',
    'Without an offset, the sub-range follows that of the previous Partial Segment of the same Parent.',
    (playlist) =>
      all(playlist).flatMap(({ parts }) =>
        parts.filter((part, index) => isAdrift(part, parts[index - 1])).map(({ uri }) => `part ${uri}`),
      ),
  ),
  must(
    'part-sum',
    '§3.2',
    'A Parent Segment and the complete set of its Partial Segments contain the same media samples.',
    ({ segments }) =>
      segments
        .filter((one) => one.parts.length > 0 && Math.abs(partSum(one) - one.duration) > SUM_ROUNDING_SECONDS)
        .map((one) => `the parts of segment ${one.number} last ${partSum(one)} s, it ${one.duration} s`),
  ),
  must(
    'part-hole',
    '§6.2.2',
    'EXT-X-PART tags MUST be removed in the order that they appear.',
    ({ segments }) => {
      const first = segments.findIndex(({ parts }) => parts.length > 0);
      if (first < 0) return [];
      const holes = segments.slice(first).filter(({ parts, gap }) => parts.length === 0 && !gap);
      return holes.map(({ number }) => `segment ${number} has no parts, an older one has`);
    },
  ),
  should(
    'part-old',
    '§6.2.2',
    'EXT-X-PART tags SHOULD be removed when more than three Target Durations from the end.',
    (playlist) =>
      ages(playlist)
        .filter(({ age }) => age > 3 * playlist.targetDuration + ROUNDING_SECONDS && !playlist.ended)
        .map(({ number, age }) => `the parts of segment ${number} are ${age} s from the end`),
  ),
  should(
    'part-of-i-frame',
    '§4.4.4.9',
    'Playlists with EXT-X-I-FRAMES-ONLY SHOULD NOT use Partial Segments.',
    (playlist) => when(playlist.iFramesOnly && partsOf(playlist).length > 0, 'parts of I-frames'),
  ),
  must(
    'hint-after-end',
    '§4.4.5.3',
    'A Playlist with EXT-X-ENDLIST MUST NOT contain EXT-X-PRELOAD-HINT.',
    ({ ended, hints }) => when(ended && hints.length > 0, 'a hint behind the end'),
  ),
  must(
    'hint-is-next',
    '§4.4.5.3',
    'A hint names a resource before it is available to be delivered.',
    (playlist) =>
      playlist.hints
        .filter(({ attributes }) => isListed(playlist, attributes))
        .map(({ value }) => `already listed: ${value}`),
  ),
  should(
    'hint-once',
    '§6.2.6',
    'The Server SHOULD NOT add more than one EXT-X-PRELOAD-HINT tag with the same TYPE.',
    ({ hints }) => {
      const types = hints.map(({ attributes }) => text(attributes, 'TYPE'));
      return when(new Set(types).size < types.length, `hints of types ${types.join(', ')}`);
    },
  ),
  must(
    'report-relative',
    '§4.4.5.4',
    'The URI of a Rendition Report MUST be relative to that of the playlist that contains it.',
    ({ reports }) =>
      reports
        .filter(({ attributes }) => /^"([a-z][a-z0-9+.-]*:|\/\/)/i.test(attributes.get('URI') ?? ''))
        .map(({ value }) => value),
  ),
];

/** A part of a larger resource is told from others of it by where it starts. */
function isListed(playlist: MediaPlaylist, hint: ReadonlyMap<string, string>): boolean {
  if (text(hint, 'TYPE') !== 'PART' || hint.has('BYTERANGE-START')) return false;
  return partsOf(playlist).some(({ uri, tag }) => uri === text(hint, 'URI') && !isYes(tag.attributes, 'GAP'));
}
