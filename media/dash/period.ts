import { type Milliseconds, type Ticks, toMilliseconds, toTicks } from '../time.ts';
import type { OpenSegment, Rendition } from './rendition.ts';

/** A finished segment, or the one that grows: what both have. */
export type Listed = OpenSegment;

/** What a rendition shows of one epoch. */
export type PeriodTrack = {
  readonly rendition: Rendition;
  /** At least one. */
  readonly segments: readonly Listed[];
  /** The media time that is shown at the start of the period. */
  readonly presentationTimeOffset: Ticks;
};

/** One epoch, as far as the window reaches (ISO/IEC 23009-1 §5.3.2). */
export type Period = {
  /** The epoch. */
  readonly id: string;
  /** On the timeline of the manifest. */
  readonly startMs: Milliseconds;
  /** Null for the last one, which may still grow. */
  readonly durationMs: Milliseconds | null;
  /** One for each rendition, in their order. */
  readonly tracks: readonly PeriodTrack[];
};

type Span = {
  readonly epoch: string;
  readonly tracks: readonly Pick<PeriodTrack, 'rendition' | 'segments'>[];
};

/** Where a span lies: at `startMs` of the manifest's timeline its media time `mediaMs` is shown. */
type Place = { readonly startMs: Milliseconds; readonly mediaMs: Milliseconds };

/** When the encoder of an epoch was started, milliseconds since 1970. */
export type StartOf = (epoch: string) => Milliseconds;

/**
 * The periods of a live channel on a timeline that starts in 1970. A period's start and offset stay as they are when
 * a manifest is updated (§5.4), so they may depend only on what each segment of the epoch tells: the name of the
 * epoch is when its encoder was started, and wall clock less media time is the same for all its segments. The period
 * starts with the encoder, or with media time 0 where that is later.
 */
export const livePeriods = (renditions: readonly Rendition[], startOf: StartOf): readonly Period[] =>
  periods(renditions, (span) => {
    const zeroMs = wallClockOfZero(span);
    const startMs = Math.max(zeroMs, startOf(span.epoch));
    return { startMs, mediaMs: startMs - zeroMs };
  });

/**
 * The periods of what is complete and kept whole: it starts at 0, and each period where the one before it ends, since
 * the time in which a source was away was not recorded.
 */
export function recordedPeriods(renditions: readonly Rendition[]): readonly Period[] {
  let startMs: Milliseconds = 0;
  return periods(renditions, (span) => {
    const place = { startMs, mediaMs: mediaStart(span) };
    startMs += lengthOf(open(span, place));
    return place;
  });
}

/** When the last track of a period ends, on the timeline of the manifest. */
export const endOf = ({ startMs, tracks }: Period): Milliseconds =>
  startMs + Math.max(...tracks.map(shownMs));

function periods(renditions: readonly Rendition[], place: (span: Span) => Place): readonly Period[] {
  const placed = spans(renditions).map((span) => open(span, place(span)));
  return placed.map((period, index) => close(period, placed[index + 1] ?? null));
}

const open = ({ epoch, tracks }: Span, { startMs, mediaMs }: Place): Period => ({
  id: epoch,
  startMs,
  durationMs: null,
  tracks: tracks.map((track) => {
    const presentationTimeOffset = toTicks(mediaMs / 1000, track.rendition.timescale);
    return { ...track, presentationTimeOffset };
  }),
});

/** Before the next period starts, and as soon as one of the tracks has nothing more to show. */
function close(period: Period, next: Period | null): Period {
  if (next === null) return period;
  return { ...period, durationMs: Math.min(lengthOf(period), next.startMs - period.startMs) };
}

/** As long as none of its tracks has nothing more to show. */
const lengthOf = ({ tracks }: Pick<Period, 'tracks'>): Milliseconds => Math.min(...tracks.map(shownMs));

/** How long a track is shown, from the start of its period. */
function shownMs({ rendition: { timescale }, segments, presentationTimeOffset }: PeriodTrack): Milliseconds {
  const last = segments.at(-1);
  const end = last === undefined ? presentationTimeOffset : last.time + last.duration;
  return toMilliseconds(end - presentationTimeOffset, timescale);
}

/**
 * The epochs of which every rendition has a segment, in order: an adaptation set that came or went within a period
 * would change it.
 */
function spans(renditions: readonly Rendition[]): readonly Span[] {
  const byEpoch = renditions.map((rendition) => Map.groupBy(listed(rendition), ({ epoch }) => epoch));
  const epochs = [...(byEpoch[0]?.keys() ?? [])].filter((epoch) => byEpoch.every((map) => map.has(epoch)));
  return epochs.map((epoch) => ({
    epoch,
    tracks: renditions.map((rendition, index) => ({
      rendition,
      segments: byEpoch[index]?.get(epoch) ?? [],
    })),
  }));
}

const listed = ({ segments, open, next }: Rendition): readonly Listed[] => [
  ...segments,
  ...[open, next].filter((one) => one !== null),
];

const mediaStart = ({ tracks }: Span): Milliseconds =>
  Math.min(
    ...tracks.map(({ rendition, segments }) => toMilliseconds(segments[0]?.time ?? 0, rendition.timescale)),
  );

/**
 * When media time 0 of an epoch was, milliseconds since 1970. It is a whole number that each segment tells to half a
 * millisecond, since its own time is rounded; their mean is nearer.
 */
function wallClockOfZero({ tracks }: Span): Milliseconds {
  const told = tracks.flatMap(({ rendition: { timescale }, segments }) =>
    segments.map(({ time, wallClockMs }) => wallClockMs - toMilliseconds(time, timescale)),
  );
  const [first = 0] = told;
  return Math.round(first + told.reduce((sum, ms) => sum + (ms - first), 0) / told.length);
}
