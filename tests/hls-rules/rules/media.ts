import { type Check, must, should, when } from '../check.ts';
import { concat, isSame } from '../client/ask.ts';
import type { InitFacts, MediaFacts, Read } from '../media/facts.ts';
import type { Part, Segment } from '../playlist/segment.ts';

/** A segment as it was listed and as it was served. */
export type Served = {
  readonly segment: Segment;
  readonly independentSegments: boolean;
  readonly iFramesOnly: boolean;
  readonly init: Read<InitFacts>;
  readonly media: Read<MediaFacts>;
  readonly bytes: Uint8Array;
  readonly parts: readonly {
    readonly part: Part;
    readonly media: Read<MediaFacts>;
    readonly bytes: Uint8Array;
  }[];
  /** The segment in front of it, when it was read as well. */
  readonly before: { readonly segment: Segment; readonly media: MediaFacts } | null;
};

/** Brands that promise what iso6 does, or more (§3.1.2). */
const BRANDS = ['iso6', 'iso7', 'iso8', 'iso9', 'cmfc', 'cmf2'];

/** Durations are written with five decimals; players add them up. */
const LENGTH_ROUNDING_SECONDS = 0.001;

const ifRead = <Facts>(read: Read<Facts>, run: (facts: Facts) => readonly string[]) =>
  read.ok ? run(read.facts) : [];

const seconds = ({ init, media }: Served, ticks: (facts: MediaFacts) => number) =>
  init.ok && media.ok ? ticks(media.facts) / init.facts.timescale : null;

function gap({ segment, media, before, iFramesOnly }: Served): readonly string[] {
  if (before === null || !media.ok || segment.discontinuity || iFramesOnly) return [];
  const expected = before.media.time + before.media.duration;
  const isNext = before.segment.number + 1 === segment.number;
  return when(
    isNext && expected !== media.facts.time,
    `starts at ${media.facts.time}, not ${expected} ticks`,
  );
}

const partsOf = ({ parts, init }: Served) =>
  parts.flatMap(({ part, media }) =>
    init.ok && media.ok ? [{ part, facts: media.facts, timescale: init.facts.timescale }] : [],
  );

const isOff = (said: number, is: number | null) =>
  is !== null && Math.abs(said - is) > LENGTH_ROUNDING_SECONDS;

/** Rules on the media itself. */
export const MEDIA: readonly Check<Served>[] = [
  must(
    'init-readable',
    '§3.1.2',
    'The Media Initialization Section contains ftyp and a moov with mvex.',
    ({ init }) => (init.ok ? [] : [init.problem]),
  ),
  must('init-brand', '§3.1.2', 'The ftyp MUST contain a compatible brand of iso6 or higher.', ({ init }) =>
    ifRead(init, ({ brands }) =>
      when(!brands.some((brand) => BRANDS.includes(brand)), `brands: ${brands.join(', ')}`),
    ),
  ),
  must(
    'init-empty',
    '§3.1.2',
    'The stts, stsc, stsz and stco of an initialization section MUST have no entries.',
    ({ init }) => ifRead(init, ({ hasSamples }) => when(hasSamples, 'there are samples in its moov')),
  ),
  must(
    'segment-readable',
    '§3.1.2',
    'An fMP4 segment is one or more moof with tfdt, each with its mdat.',
    ({ init, media, parts }) => [
      ...(media.ok || !init.ok ? [] : [media.problem]),
      ...parts.flatMap(({ part, media: own }) => (own.ok || !init.ok ? [] : [`${part.uri}: ${own.problem}`])),
    ],
  ),
  must(
    'segment-self-contained',
    '§3.1.2',
    'Track fragments MUST use movie-fragment relative addressing (default-base-is-moof).',
    ({ media }) => ifRead(media, ({ isSelfContained }) => when(!isSelfContained, 'an absolute offset')),
  ),
  must(
    'segment-independent',
    '§4.4.2.1',
    'With EXT-X-INDEPENDENT-SEGMENTS all samples of a segment can be decoded without other segments.',
    ({ media, independentSegments, iFramesOnly }) =>
      ifRead(media, ({ startsIndependent }) =>
        when(
          (independentSegments || iFramesOnly) && !startsIndependent,
          'its first sample depends on others',
        ),
      ),
  ),
  must(
    'segment-continuous',
    '§4.4.4.3',
    'EXT-X-DISCONTINUITY MUST be present if there is a change of timestamp sequence.',
    gap,
  ),
  should(
    'segment-length',
    '§4.4.4.1',
    'Durations SHOULD be accurate enough to avoid perceptible error when they are accumulated.',
    (served) => {
      const is = seconds(served, ({ duration }) => duration);
      const said = served.segment.duration;
      return when(!served.iFramesOnly && isOff(said, is), `EXTINF is ${said} s, it lasts ${is} s`);
    },
  ),
  must(
    'segment-is-its-parts',
    '§3.2',
    'A Parent Segment and its Partial Segments contain the same samples: here, the same bytes.',
    ({ segment, bytes, parts }) => {
      const isWhole = segment.parts.length > 0 && parts.length === segment.parts.length;
      const whole = concat(parts.map((one) => one.bytes));
      return when(
        isWhole && !isSame(whole, bytes),
        `${bytes.byteLength} bytes, its parts ${whole.byteLength}`,
      );
    },
  ),
  must('part-length', '§4.4.4.9', 'DURATION is the duration of the Partial Segment.', (served) =>
    partsOf(served)
      .filter(({ part, facts, timescale }) => isOff(part.duration, facts.duration / timescale))
      .map(({ part, facts, timescale }) => `${part.uri} lasts ${facts.duration / timescale} s`),
  ),
  must('part-independent', '§4.4.4.9', 'INDEPENDENT=YES: the part contains an independent frame.', (served) =>
    partsOf(served)
      .filter(({ part, facts }) => part.independent && !facts.hasIndependent)
      .map(({ part }) => part.uri),
  ),
  should(
    'part-independent-said',
    '§4.4.4.9',
    'Every Partial Segment containing an independent frame SHOULD carry INDEPENDENT=YES.',
    (served) =>
      partsOf(served)
        .filter(({ part, facts }) => !part.independent && facts.hasIndependent)
        .map(({ part }) => part.uri),
  ),
];
