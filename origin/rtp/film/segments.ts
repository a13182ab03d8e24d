import { type Seconds, toSeconds } from '../../../media/time.ts';
import type { Segment, Timeline } from '../../../media/timeline.ts';

/** A segment of a film's track, and where it lies. */
export type Place = {
  readonly segment: Segment;
  /** When it is decoded, on the film's own timeline, which starts at 0 and has no gaps. */
  readonly at: Seconds;
  /** Taken off its media times to get there. */
  readonly shift: Seconds;
};

/** The places of each track, in order. */
export type FilmIndex = { readonly tracks: readonly (readonly Place[])[]; readonly duration: Seconds };

type Known = Pick<Timeline, 'segments' | 'timescale'>;

/**
 * Puts the epochs of a film one behind the other: a recording whose source was away has gaps in its media times, in
 * which there is nothing to play.
 */
export function indexOf(timelines: readonly Known[]): FilmIndex {
  const epochs = timelines.flatMap(({ segments }) => segments.map(({ discontinuity }) => discontinuity));
  const shifts = new Map<number, Seconds>();
  let end: Seconds = 0;
  for (const epoch of [...new Set(epochs)].toSorted((a, b) => a - b)) {
    const [first, last] = spanOf(epoch, timelines);
    shifts.set(epoch, first - end);
    end += last - first;
  }
  const tracks = timelines.map(({ segments, timescale }) =>
    segments.map((segment): Place => {
      const shift = shifts.get(segment.discontinuity) ?? 0;
      return { segment, shift, at: toSeconds(segment.time, timescale) - shift };
    }),
  );
  return { tracks, duration: end };
}

/** From the first to the last moment of an epoch, over all tracks, in media time. */
function spanOf(epoch: number, timelines: readonly Known[]): readonly [Seconds, Seconds] {
  const own = timelines.flatMap(({ segments, timescale }) =>
    segments
      .filter(({ discontinuity }) => discontinuity === epoch)
      .map(
        ({ time, duration }) => [toSeconds(time, timescale), toSeconds(time + duration, timescale)] as const,
      ),
  );
  return [
    own.reduce((least, [start]) => Math.min(least, start), Number.POSITIVE_INFINITY),
    own.reduce((most, [, end]) => Math.max(most, end), 0),
  ];
}

/** Where the last place lies that starts at a time or before it; the first one where there is none. */
export function placeAt(places: readonly Place[], at: Seconds): number {
  let low = 0;
  let high = places.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.at ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}
