import { named, number, text } from './document.ts';
import { type Manifest, type Representation, representations, seconds } from './manifest.ts';

/** One thing that ISO/IEC 23009-1 asks of a manifest: what is wrong with it, if anything. */
export type Rule = (manifest: Manifest) => readonly string[];

/** Half a frame of sound: what two tracks cut at one time may differ by. */
const ALIGNED_SECONDS = 0.05;

/** Times are written to the microsecond, and offsets are whole ticks. */
const ROUNDING_SECONDS = 0.000_1;

const needs = (manifest: Manifest, names: readonly string[]) =>
  names.filter((name) => !manifest.node.attributes.has(name)).map((name) => `MPD has no @${name}`);

const mustNot = (manifest: Manifest, names: readonly string[]) =>
  names.filter((name) => manifest.node.attributes.has(name)).map((name) => `MPD has @${name}`);

const repeated = (values: readonly string[]) =>
  values.filter((value, index) => value === '' || values.indexOf(value) !== index);

const eachRepresentation = (check: (one: Representation) => readonly string[]): Rule => {
  return (manifest) =>
    representations(manifest).flatMap(({ representation }) =>
      check(representation).map((problem) => `${representation.id}: ${problem}`),
    );
};

const isLowLatency = ({ template }: Representation) =>
  template?.attributes.has('availabilityTimeOffset') ?? false;

export const RULES = {
  /** §5.3.1.2. */
  'a dynamic manifest says when': (manifest) =>
    manifest.isDynamic
      ? needs(manifest, [
          'availabilityStartTime',
          'publishTime',
          'minimumUpdatePeriod',
          'timeShiftBufferDepth',
        ])
      : [],
  'a static manifest says how long': (manifest) =>
    manifest.isDynamic
      ? []
      : [
          ...needs(manifest, ['mediaPresentationDuration']),
          ...mustNot(manifest, ['minimumUpdatePeriod', 'timeShiftBufferDepth']),
        ],
  /** DASH-IF IOP: a live player must be able to set its clock. */
  'a dynamic manifest names a clock': ({ isDynamic, node }) =>
    isDynamic && named(node, 'UTCTiming').length === 0 ? ['there is no UTCTiming'] : [],
  'there is something to play': ({ periods }) => [
    ...(periods.length === 0 ? ['there is no Period'] : []),
    ...periods.filter(({ sets }) => sets.length === 0).map(({ id }) => `${id}: no AdaptationSet`),
  ],
  /** §5.3.2.2: the id is required where the manifest is dynamic. */
  'periods have ids': ({ periods }) => repeated(periods.map(({ id }) => id)).map((id) => `Period@id "${id}"`),
  'periods follow one another': ({ periods }) =>
    periods.slice(1).flatMap((period, index) => {
      const before = periods[index];
      const isLater = before !== undefined && period.start > before.start && period.start >= before.end;
      return isLater ? [] : [`${period.id} starts before ${before?.id} ends`];
    }),
  'ids within a period are unique': ({ periods }) =>
    periods.flatMap(({ sets }) => [
      ...repeated(sets.map(({ node }) => text(node, 'id'))),
      ...repeated(sets.flatMap((set) => set.representations.map(({ id }) => id))),
    ]),
  /** §5.3.7.2: the type and the coder of each representation are known. */
  'representations say what they hold': (manifest) =>
    representations(manifest).flatMap(({ set, representation: { id, node } }) => {
      const names = text(set.node, 'contentType') === 'video' ? ['width', 'height'] : ['audioSamplingRate'];
      const missing = ['codecs', 'bandwidth', ...names].filter((name) => text(node, name) === '');
      return text(set.node, 'mimeType') === ''
        ? [`${id}: no type`]
        : missing.map((name) => `${id}: no ${name}`);
    }),
  /** §5.3.9.4.4. */
  'templates name each segment': eachRepresentation(({ template }) => {
    if (template === null) return ['no SegmentTemplate'];
    const media = text(template, 'media');
    if (!/\$(Number|Time)\$/.test(media)) return [`media is "${media}"`];
    return text(template, 'initialization') === '' ? ['no initialization'] : [];
  }),
  'a timeline has segments': eachRepresentation(({ segments }) => (segments.length === 0 ? ['no S'] : [])),
  /** §5.3.9.6: segments neither overlap nor leave gaps within a period. */
  'a timeline is continuous': eachRepresentation(({ segments }) =>
    segments.slice(1).flatMap((segment, index) => {
      const before = segments[index];
      const end = before === undefined ? 0 : before.time + before.duration;
      return segment.time === end ? [] : [`${segment.number} is at ${segment.time}, not at ${end}`];
    }),
  ),
  'segments last': eachRepresentation(({ segments }) =>
    segments.filter(({ duration }) => !(duration > 0)).map(({ number: at }) => `${at} does not last`),
  ),
  'segments lie in their period': (manifest) =>
    representations(manifest).flatMap(({ period, representation: { id, segments } }) => {
      const first = segments[0]?.start ?? period.start;
      const last = segments.at(-1)?.start ?? period.start;
      const isInside = first >= period.start - ROUNDING_SECONDS && last < period.end;
      return isInside ? [] : [`${id} of ${period.id}`];
    }),
  'a static manifest lasts as long as its segments': (manifest) => {
    if (manifest.isDynamic) return [];
    const ends = representations(manifest).map(
      ({ representation }) => representation.segments.at(-1)?.end ?? 0,
    );
    const said = seconds(text(manifest.node, 'mediaPresentationDuration'));
    return Math.abs(Math.max(...ends) - said) <= ROUNDING_SECONDS
      ? []
      : [`${said} s, not ${Math.max(...ends)} s`];
  },
  /** §5.3.3.2: where segments are aligned, none of one track overlaps with the next one of another. */
  'aligned sets are aligned': ({ periods }) =>
    periods.flatMap(({ sets }) =>
      sets.flatMap(({ node, representations: [first, ...others] }) => {
        if (text(node, 'segmentAlignment') !== 'true' || first === undefined) return [];
        return others.filter((other) => !areAligned(first, other)).map(({ id }) => `${id} with ${first.id}`);
      }),
    ),
  /** §5.3.9.2.2: a segment is offered before it is whole, and not before it is begun. */
  'what grows is offered in time': eachRepresentation((one) => {
    if (!isLowLatency(one) || one.template === null) return [];
    const early = number(one.template, 'availabilityTimeOffset');
    const longest = Math.max(...one.segments.map(({ duration }) => duration / one.timescale));
    if (early >= longest) return [`${early} s early, of ${longest} s`];
    return text(one.template, 'availabilityTimeComplete') === 'false' ? [] : ['said to be complete'];
  }),
  /** Annex K. */
  'a target latency can be kept': ({ node }) =>
    named(node, 'ServiceDescription').flatMap((description) => [
      ...named(description, 'Latency')
        .filter((one) => !inOrder(number(one, 'min'), number(one, 'target'), number(one, 'max')))
        .map(() => 'Latency: not min, target, max'),
      ...named(description, 'PlaybackRate')
        .filter((one) => !inOrder(number(one, 'min'), 1, number(one, 'max')))
        .map(() => 'PlaybackRate: 1 is not between'),
    ]),
  /** DASH-IF low-latency guidelines: who joins can tell how late a sample is. */
  'low latency says what time it is': (manifest) => {
    const low = representations(manifest).filter(({ representation }) => isLowLatency(representation));
    if (low.length === 0) return [];
    const references = low.map(({ representation }) => named(representation.node, 'ProducerReferenceTime'));
    const description = named(manifest.node, 'ServiceDescription')[0];
    const latency = description === undefined ? undefined : named(description, 'Latency')[0];
    const ids = references.flat().map((one) => text(one, 'id'));
    if (references.some((list) => list.length === 0)) return ['no ProducerReferenceTime'];
    if (latency === undefined) return ['no Latency'];
    return ids.includes(text(latency, 'referenceId')) ? [] : ['Latency refers to none'];
  },
  'reference times agree with the timeline': (manifest) =>
    representations(manifest).flatMap(({ period, representation: { id, node, timescale, offset } }) =>
      named(node, 'ProducerReferenceTime').flatMap((one) => {
        const shown = period.start + (number(one, 'presentationTime') - offset) / timescale;
        const start = Date.parse(text(manifest.node, 'availabilityStartTime')) / 1000;
        const said = Date.parse(text(one, 'wallClockTime')) / 1000;
        return Math.abs(start + shown - said) <= 0.001 ? [] : [`${id}: ${said}, not ${start + shown}`];
      }),
    ),
} as const satisfies Readonly<Record<string, Rule>>;

const inOrder = (low: number, middle: number, high: number) => low <= middle && middle <= high && low < high;

/** The one whose window starts later is compared with those of the other that start with it. */
function areAligned(one: Representation, other: Representation): boolean {
  const from = Math.max(one.segments[0]?.start ?? 0, other.segments[0]?.start ?? 0) - ALIGNED_SECONDS;
  const [ones, others] = [one, other].map(({ segments }) => segments.filter(({ start }) => start >= from));
  if (ones === undefined || others === undefined) return false;
  const count = Math.min(ones.length, others.length);
  return ones
    .slice(0, count)
    .every(({ start }, index) => Math.abs(start - (others[index]?.start ?? 0)) <= ALIGNED_SECONDS);
}
