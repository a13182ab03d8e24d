import { type Check, must, when } from '../check.ts';
import { isYes, text } from '../playlist/attributes.ts';
import { type Line, type Tag, tagsNamed } from '../playlist/lines.ts';
import type { MediaPlaylist } from '../playlist/media-playlist.ts';
import type { Segment } from '../playlist/segment.ts';

const FMP4 = /\.(m4s|mp4|m4v|m4a|cmfv|cmfa)$/;

/** A range without offset follows one of the same resource. */
const isAdrift = (segment: Segment, before: Segment | undefined) =>
  segment.range?.offset === null && (before?.range == null || before.uri !== segment.uri);

/** The first line of a tag, when it stands behind the first line of another kind. */
const behind = (lines: readonly Line[], name: string, isOther: (line: Line) => boolean) => {
  const first = lines.findIndex(isOther);
  const own = lines.findIndex((line) => line.kind === 'tag' && line.name === name);
  return when(own >= 0 && first >= 0 && first < own, `#${name} stands behind line ${lines[first]?.at}`);
};

const isUri = ({ kind }: Line) => kind === 'uri';

function keyProblems({ value, attributes }: Tag): readonly string[] {
  const method = text(attributes, 'METHOD');
  if (method === 'NONE') return when(attributes.size > 1, `more than METHOD in ${value}`);
  const mayHaveIv = method !== 'AES-256-GCM' && method !== 'SAMPLE-AES-CTR';
  return [
    ...when(!attributes.has('URI'), `no URI in ${value}`),
    ...when(!mayHaveIv && attributes.has('IV'), `an IV in ${value}`),
  ];
}

/** Rules on the segments of one media playlist. */
export const SEGMENTS: readonly Check<MediaPlaylist>[] = [
  must(
    'target-duration',
    '§4.4.3.1',
    'EXT-X-TARGETDURATION is REQUIRED and MUST be at least 1.',
    ({ targetDuration }) => when(targetDuration < 1, `the target duration is ${targetDuration}`),
  ),
  must(
    'segment-duration',
    '§4.4.3.1',
    'The EXTINF duration, rounded to the nearest integer, MUST be at most the Target Duration.',
    ({ segments, targetDuration }) =>
      segments
        .filter(({ duration }) => targetDuration >= 1 && Math.round(duration) > targetDuration)
        .map(({ number, duration }) => `segment ${number} lasts ${duration} s, at most ${targetDuration}`),
  ),
  must(
    'media-sequence-first',
    '§4.4.3.2',
    'EXT-X-MEDIA-SEQUENCE MUST appear before the first Media Segment.',
    ({ lines }) => behind(lines, 'EXT-X-MEDIA-SEQUENCE', isUri),
  ),
  must(
    'discontinuity-sequence-first',
    '§4.4.3.3',
    'EXT-X-DISCONTINUITY-SEQUENCE MUST appear before the first Media Segment and any EXT-X-DISCONTINUITY.',
    ({ lines }) =>
      behind(
        lines,
        'EXT-X-DISCONTINUITY-SEQUENCE',
        (line) => line.kind === 'uri' || line.name === 'EXT-X-DISCONTINUITY',
      ),
  ),
  must(
    'byte-range-offset',
    '§4.4.4.2',
    'Without an offset, a previous Media Segment MUST be a sub-range of the same resource.',
    ({ segments }) =>
      segments
        .filter((segment, index) => isAdrift(segment, segments[index - 1]))
        .map(({ number }) => `segment ${number} has a byte range that starts nowhere`),
  ),
  must(
    'map-present',
    '§3.1.2',
    'Each fMP4 segment MUST have an EXT-X-MAP tag applied to it.',
    ({ segments, skipped }) =>
      segments
        .filter(({ map, uri }) => skipped === 0 && map === null && FMP4.test(uri))
        .map(({ number }) => `segment ${number} has no EXT-X-MAP`),
  ),
  must(
    'key-attributes',
    '§4.4.4.4',
    'METHOD=NONE MUST stand alone; others need a URI; some MUST NOT have an IV.',
    ({ lines }) => tagsNamed(lines, 'EXT-X-KEY').flatMap(keyProblems),
  ),
  must(
    'gap-parts',
    '§6.2.1',
    'Partial Segments of absent media MUST have a GAP=YES attribute.',
    ({ segments }) =>
      segments
        .filter(({ gap, parts }) => gap && parts.some(({ tag }) => !isYes(tag.attributes, 'GAP')))
        .map(({ number }) => `segment ${number} is a gap, and its parts are not`),
  ),
  must(
    'vod-end',
    '§6.2.1',
    'A playlist with the final segment MUST contain EXT-X-ENDLIST; one of type VOD cannot change.',
    ({ type, ended }) => when(type === 'VOD' && !ended, 'it is VOD and has no EXT-X-ENDLIST'),
  ),
];
