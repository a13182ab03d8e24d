import { type Milliseconds, type Seconds, toSeconds } from '../time.ts';
import type { Chunk, Segment, Timeline } from '../timeline.ts';
import { dateTime } from './date-time.ts';
import { type Listing, Pages } from './pages.ts';
import { quoted, seconds, tag } from './tag.ts';

export type MediaPlaylistOptions = {
  /** Upper bound of a segment's duration, promised for as long as the playlist lives. */
  readonly targetDurationMs: Milliseconds;
  /** Upper bound of a chunk's duration; null where there are no partial segments. */
  readonly chunkDurationMs: Milliseconds | null;
  readonly kind: 'live' | 'vod';
  /** Leaves out what a client that follows already has (§6.2.5.1). */
  readonly skip: boolean;
  /** How far the other renditions are. */
  readonly reports: readonly Report[];
};

export type Report = { readonly uri: string; readonly number: number; readonly index: number };

/** A client may skip what is older than this many target durations; at least six (§4.4.3.8). */
export const SKIP_TARGETS = 6;

/** Players keep this far from the live edge: three target durations (§4.4.3.8). */
const HOLD_BACK_TARGETS = 3;

/** Low-latency players do so in chunks; three at the least (§4.4.3.8). */
const HOLD_BACK_CHUNKS = 3;

/** Nearer than this it is not the chunks that decide, but how evenly a network brings and a machine decodes them. */
const PART_HOLD_BACK_MIN: Seconds = 0.8;

/** Partial segments are listed for the last three target durations (§4.4.4.9). */
const PART_TARGETS = 3;

/**
 * The playlist of one track (draft-pantos-hls-rfc8216bis §4.4.3 and §4.4.4). URIs are relative to it: `<epoch>/…`.
 * It depends on nothing but its arguments; `pages` only saves time.
 */
export function renderMediaPlaylist(
  timeline: Timeline,
  asked: MediaPlaylistOptions,
  pages = new Pages(),
): string {
  const options = heeded(timeline, asked);
  const lines = [...header(timeline, options), ...(options.kind === 'live' ? partInformation(options) : [])];
  pushSegments(lines, timeline, options, pages);
  if (timeline.ended) lines.push('#EXT-X-ENDLIST');
  else pushLowLatency(lines, timeline, options);
  return `${lines.join('\n')}\n`;
}

/**
 * What is asked, as far as it is heeded: "A Server MUST ignore the _HLS_skip directive if … it contains an
 * EXT-X-ENDLIST tag" (§6.2.5.1); a film has no CAN-SKIP-UNTIL either.
 */
export const heeded = <O extends Pick<MediaPlaylistOptions, 'skip' | 'kind'>>(
  timeline: Timeline,
  asked: O,
): O => ({
  ...asked,
  skip: asked.skip && asked.kind === 'live' && !timeline.ended,
});

/** What stands before the segments, in playlists of key frames too. */
export function header(timeline: Timeline, options: MediaPlaylistOptions): string[] {
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${versionOf(options)}`,
    `#EXT-X-TARGETDURATION:${targetSeconds(options)}`,
    ...serverControl(options),
    `#EXT-X-MEDIA-SEQUENCE:${timeline.segments[0]?.number ?? timeline.open?.number ?? 0}`,
    ...discontinuitySequence(timeline, options),
    ...playlistType(timeline, options),
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
}

/** Skipping needs 9; media initialisation sections outside I-frame playlists need 6 (§8). */
const versionOf = ({ skip }: MediaPlaylistOptions) => (skip ? 9 : 6);

const targetSeconds = ({ targetDurationMs }: MediaPlaylistOptions): Seconds =>
  Math.ceil(targetDurationMs / 1000);

function serverControl(options: MediaPlaylistOptions): string[] {
  const { kind, chunkDurationMs } = options;
  if (kind === 'vod') return [];
  const target = targetSeconds(options);
  const chunk = chunkDurationMs === null ? null : chunkDurationMs / 1000;
  const control = tag('EXT-X-SERVER-CONTROL', {
    'CAN-BLOCK-RELOAD': 'YES',
    'CAN-SKIP-UNTIL': (SKIP_TARGETS * target).toFixed(1),
    'HOLD-BACK': (HOLD_BACK_TARGETS * target).toFixed(1),
    'PART-HOLD-BACK': chunk === null ? null : partHoldBack(chunk).toFixed(3),
  });
  return [control];
}

const partHoldBack = (chunk: Seconds): Seconds => Math.max(PART_HOLD_BACK_MIN, HOLD_BACK_CHUNKS * chunk);

/** Only where there are partial segments: a playlist of key frames has none. */
const partInformation = ({ chunkDurationMs }: MediaPlaylistOptions): string[] =>
  chunkDurationMs === null
    ? []
    : [tag('EXT-X-PART-INF', { 'PART-TARGET': (chunkDurationMs / 1000).toFixed(5) })];

/** A live playlist has it from the start: it is to count breaks before the first of them is removed (§6.2.2). */
function discontinuitySequence({ segments, open }: Timeline, { kind }: MediaPlaylistOptions): string[] {
  const first = segments[0] ?? open;
  return kind === 'live' ? [`#EXT-X-DISCONTINUITY-SEQUENCE:${first?.discontinuity ?? 0}`] : [];
}

const playlistType = ({ ended }: Timeline, { kind }: MediaPlaylistOptions) =>
  kind === 'vod' ? [`#EXT-X-PLAYLIST-TYPE:${ended ? 'VOD' : 'EVENT'}`] : [];

function pushSegments(
  lines: string[],
  timeline: Timeline,
  options: MediaPlaylistOptions,
  pages: Pages,
): void {
  const { segments, timescale } = timeline;
  const { kind, chunkDurationMs } = options;
  const skipped = pushSkip(lines, timeline, options);
  const partsFrom =
    chunkDurationMs === null
      ? segments.length
      : Math.max(skipped, firstWithin(timeline, PART_TARGETS * targetSeconds(options)));
  const listing = listingOf(timeline, skipped, kind, (lines, { epoch, number, duration }) => {
    lines.push(`#EXTINF:${seconds(toSeconds(duration, timescale))},`, `${epoch}/${number}.m4s`);
  });
  pages.push(lines, segments, [skipped, partsFrom], listing);
  for (let index = partsFrom; index < segments.length; index++) {
    const segment = segments[index];
    if (segment === undefined) break;
    listing.pushHead(lines, index);
    pushParts(lines, segment, timeline.chunksOf(segment.number), timescale);
    listing.pushBody(lines, index);
  }
}

/** How segments are listed whose own lines are `push`, the first of them at an index. */
export const listingOf = <S extends Segment>(
  { segments, timescale }: { readonly segments: readonly S[]; readonly timescale: number },
  first: number,
  kind: MediaPlaylistOptions['kind'],
  push: (lines: string[], segment: S) => void,
): Listing => ({
  pushHead: (lines, index) => {
    const segment = segments[index];
    if (segment !== undefined)
      pushHead(lines, segment, segments[index - 1], index === first, { kind, timescale });
  },
  pushBody: (lines, index) => {
    const segment = segments[index];
    if (segment !== undefined) push(lines, segment);
  },
});

/** Gives how many segments are left out at the start. */
export function pushSkip(lines: string[], timeline: Timeline, options: MediaPlaylistOptions): number {
  const skipped = options.skip ? firstWithin(timeline, SKIP_TARGETS * targetSeconds(options)) : 0;
  if (skipped > 0) lines.push(tag('EXT-X-SKIP', { 'SKIPPED-SEGMENTS': skipped }));
  return skipped;
}

/**
 * Index of the first segment that reaches into the last `span` of the playlist. Durations are added up (§6.2.5.1):
 * the time that passes while a source is lost is no part of the playlist.
 */
function firstWithin({ segments, open, timescale }: Timeline, span: Seconds): number {
  const openTicks = open?.chunks.reduce((sum, { duration }) => sum + duration, 0) ?? 0;
  let left = span * timescale - openTicks;
  let index = segments.length;
  while (index > 0 && left > 0) {
    index -= 1;
    left -= segments[index]?.duration ?? 0;
  }
  return index;
}

type Head = Pick<Segment, 'epoch' | 'wallClockMs' | 'time'>;

/** What stands before the first segment that is listed, and before the first of each epoch. */
function pushHead(
  lines: string[],
  segment: Head,
  before: Head | undefined,
  isFirst: boolean,
  { kind, timescale }: Pick<MediaPlaylistOptions, 'kind'> & Pick<Timeline, 'timescale'>,
): void {
  const { epoch } = segment;
  const breaks = before !== undefined && before.epoch !== epoch;
  if (!isFirst && !breaks) return;
  if (breaks) lines.push('#EXT-X-DISCONTINUITY');
  lines.push(tag('EXT-X-MAP', { URI: quoted(`${epoch}/init.mp4`) }));
  if (kind === 'live') lines.push(`#EXT-X-PROGRAM-DATE-TIME:${dateTime(segment, timescale)}`);
}

type Parent = Pick<Segment, 'epoch' | 'number'>;

function pushParts(
  lines: string[],
  { epoch, number }: Parent,
  chunks: readonly Chunk[],
  timescale: number,
): void {
  for (const [index, { duration, independent }] of chunks.entries()) {
    const attributes = {
      DURATION: seconds(toSeconds(duration, timescale)),
      URI: quoted(`${epoch}/${number}.${index}.m4s`),
      INDEPENDENT: independent ? 'YES' : null,
    };
    lines.push(tag('EXT-X-PART', attributes));
  }
}

/** The segment that grows, what comes next, and how far the others are. */
function pushLowLatency(lines: string[], timeline: Timeline, options: MediaPlaylistOptions): void {
  const { open, last, timescale } = timeline;
  if (options.chunkDurationMs === null) return;
  if (open !== null) {
    pushHead(lines, open, last ?? undefined, last === null, { kind: options.kind, timescale });
    pushParts(lines, open, open.chunks, timescale);
  }
  const epoch = open?.epoch ?? last?.epoch;
  const next = open === null ? `${(last?.number ?? -1) + 1}.0` : `${open.number}.${open.chunks.length}`;
  if (epoch !== undefined) {
    lines.push(tag('EXT-X-PRELOAD-HINT', { TYPE: 'PART', URI: quoted(`${epoch}/${next}.m4s`) }));
  }
  for (const { uri, number, index } of options.reports) {
    lines.push(tag('EXT-X-RENDITION-REPORT', { URI: quoted(uri), 'LAST-MSN': number, 'LAST-PART': index }));
  }
}
