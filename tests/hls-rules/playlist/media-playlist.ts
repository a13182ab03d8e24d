import { type Attributes, isYes, number, text } from './attributes.ts';
import { type Line, misplaced, type Problem, read, single, type Tag, tagsNamed } from './lines.ts';
import type { OpenSegment, Part, Segment } from './segment.ts';
import { Segmenter } from './segmenter.ts';

export type ServerControl = {
  /** Seconds, like all that follow. */
  readonly canSkipUntil: number | null;
  readonly canSkipDateRanges: boolean;
  readonly holdBack: number | null;
  readonly partHoldBack: number | null;
  readonly canBlockReload: boolean;
  /** As written. */
  readonly attributes: Attributes;
};

export type MediaPlaylist = {
  readonly kind: 'media';
  /** Absolute. */
  readonly url: string;
  readonly lines: readonly Line[];
  readonly problems: readonly Problem[];
  readonly version: number;
  readonly targetDuration: number;
  /** Number of the first segment, listed or skipped. */
  readonly sequence: number;
  readonly discontinuitySequence: number;
  readonly type: string | null;
  readonly ended: boolean;
  readonly iFramesOnly: boolean;
  readonly independentSegments: boolean;
  readonly partTarget: number | null;
  readonly control: ServerControl | null;
  readonly segments: readonly Segment[];
  readonly open: OpenSegment;
  /** Segments that EXT-X-SKIP stands for. */
  readonly skipped: number;
  readonly hints: readonly Tag[];
  readonly reports: readonly Tag[];
  readonly dateRanges: readonly Tag[];
};

/** Reads the bytes of a media playlist. Never throws: what is wrong is among its problems. */
export function parseMedia(bytes: Uint8Array, url: string): MediaPlaylist {
  const { lines, problems } = read(bytes);
  const sequence = Number(single(lines, 'EXT-X-MEDIA-SEQUENCE') ?? 0);
  const discontinuitySequence = Number(single(lines, 'EXT-X-DISCONTINUITY-SEQUENCE') ?? 0);
  const skip = tagsNamed(lines, 'EXT-X-SKIP')[0];
  const skipped = skip === undefined ? 0 : (number(skip.attributes, 'SKIPPED-SEGMENTS') ?? 0);
  const segmenter = new Segmenter(sequence + skipped, discontinuitySequence);
  for (const line of lines) segmenter.push(line);
  return {
    ...headerOf(lines),
    kind: 'media',
    url,
    lines,
    problems: [...problems, ...misplaced(lines, 'media'), ...segmenter.problems],
    sequence,
    discontinuitySequence,
    segments: segmenter.segments,
    open: segmenter.open,
    skipped,
    hints: tagsNamed(lines, 'EXT-X-PRELOAD-HINT'),
    reports: tagsNamed(lines, 'EXT-X-RENDITION-REPORT'),
    dateRanges: tagsNamed(lines, 'EXT-X-DATERANGE'),
  };
}

function headerOf(lines: readonly Line[]) {
  const has = (name: string) => tagsNamed(lines, name).length > 0;
  const partInf = tagsNamed(lines, 'EXT-X-PART-INF')[0];
  const control = tagsNamed(lines, 'EXT-X-SERVER-CONTROL')[0];
  return {
    version: Number(single(lines, 'EXT-X-VERSION') ?? 1),
    targetDuration: Number(single(lines, 'EXT-X-TARGETDURATION') ?? 0),
    type: single(lines, 'EXT-X-PLAYLIST-TYPE'),
    ended: has('EXT-X-ENDLIST'),
    iFramesOnly: has('EXT-X-I-FRAMES-ONLY'),
    independentSegments: has('EXT-X-INDEPENDENT-SEGMENTS'),
    partTarget: partInf === undefined ? null : number(partInf.attributes, 'PART-TARGET'),
    control: control === undefined ? null : controlOf(control.attributes),
  };
}

const controlOf = (attributes: Attributes): ServerControl => ({
  canSkipUntil: number(attributes, 'CAN-SKIP-UNTIL'),
  canSkipDateRanges: isYes(attributes, 'CAN-SKIP-DATERANGES'),
  holdBack: number(attributes, 'HOLD-BACK'),
  partHoldBack: number(attributes, 'PART-HOLD-BACK'),
  canBlockReload: isYes(attributes, 'CAN-BLOCK-RELOAD'),
  attributes,
});

/** The URI that a hint of a type names, or null. */
export function hinted({ hints }: MediaPlaylist, type: 'PART' | 'MAP'): string | null {
  const hint = hints.find(({ attributes }) => text(attributes, 'TYPE') === type);
  return hint === undefined ? null : text(hint.attributes, 'URI');
}

/** The number behind the last segment that is listed. */
export const lastNumber = ({ open }: MediaPlaylist) => open.number - 1;

/** Where a playlist ends: the last part's segment and index, or the last segment with part null. */
export type Edge = { readonly msn: number; readonly part: number | null };

export function edgeOf({ open, segments }: MediaPlaylist): Edge {
  if (open.parts.length > 0) return { msn: open.number, part: open.parts.length - 1 };
  const parts = segments.at(-1)?.parts.length ?? 0;
  return { msn: open.number - 1, part: parts > 0 ? parts - 1 : null };
}

/** The Discontinuity Sequence Number of what is last. */
export const lastDiscontinuity = ({ open, segments }: MediaPlaylist) =>
  (open.parts.length > 0 ? open : segments.at(-1))?.discontinuitySequence ?? 0;

/** Seconds of all segments that are listed. */
export const durationOf = ({ segments }: MediaPlaylist) =>
  segments.reduce((sum, { duration }) => sum + duration, 0);

/** Every part that is listed, in order. */
export const partsOf = ({ segments, open }: MediaPlaylist): readonly Part[] => [
  ...segments.flatMap(({ parts }) => parts),
  ...open.parts,
];
