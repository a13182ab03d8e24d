import { type Check, must, when } from '../check.ts';

/** One segment on two clocks. */
export type Moment = {
  readonly discontinuitySequence: number;
  /** Milliseconds since 1970; null when no tag says it. */
  readonly dateTime: number | null;
  /** Presentation time of its first sample, seconds. */
  readonly shownAt: number;
  readonly number: number;
};

/** Segments of all renditions of a presentation. */
export type Timestamps = {
  readonly isVod: boolean;
  readonly renditions: readonly { readonly url: string; readonly moments: readonly Moment[] }[];
};

/** Frames of audio and of video start at most so far apart; no one hears or sees it. */
const APART_SECONDS = 0.05;

const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

/** Seconds between the date and the media time of each segment, by discontinuity. */
function offsets({ renditions }: Timestamps): ReadonlyMap<number, readonly number[]> {
  const all = renditions.flatMap(({ moments }) =>
    moments.flatMap(({ discontinuitySequence, dateTime, shownAt }) =>
      dateTime === null ? [] : [{ discontinuitySequence, offset: dateTime / 1000 - shownAt }],
    ),
  );
  const grouped = Map.groupBy(all, ({ discontinuitySequence }) => discontinuitySequence);
  return new Map([...grouped].map(([sequence, list]) => [sequence, list.map(({ offset }) => offset)]));
}

/** Rules on the clocks of a presentation. */
export const TIMESTAMPS: readonly Check<Timestamps>[] = [
  must(
    'date-mapping',
    '§6.2.4',
    'Playlists MUST have consistent mappings of date and time to media timestamps.',
    (timestamps) =>
      [...offsets(timestamps)].flatMap(([sequence, list]) =>
        when(
          spread(list) > APART_SECONDS,
          `discontinuity ${sequence}: dates differ by ${spread(list).toFixed(3)} s`,
        ),
      ),
  ),
  must(
    'first-timestamp',
    '§6.2.4',
    'In a VOD playlist, the first segment of every Media Playlist MUST start at the same media timestamp.',
    ({ isVod, renditions }) => {
      const first = renditions.flatMap(({ moments }) => moments[0]?.shownAt ?? []);
      const isOff = isVod && first.length > 1 && spread(first) > APART_SECONDS;
      return when(isOff, `they start at ${first.map((at) => at.toFixed(3)).join(', ')} s`);
    },
  ),
];
