import { type Check, must, when } from '../check.ts';
import type { Edge } from '../playlist/media-playlist.ts';

/** When a client saw a playlist grow. */
export type History = {
  readonly targetDuration: number;
  /** Null for a playlist without parts. */
  readonly partTarget: number | null;
  readonly updates: readonly { readonly atMs: number; readonly edge: Edge }[];
  /** The end of what was watched; null when the playlist has ended. */
  readonly untilMs: number | null;
  /** How much later than it happened the client may have seen it. */
  readonly slackMs: number;
};

/** Milliseconds between updates in which `of` has changed, the open end included. */
function gaps({ updates, untilMs }: History, of: (edge: Edge) => string): readonly number[] {
  const times = updates
    .filter(({ edge }, index) => of(edge) !== of(updates[index - 1]?.edge ?? { msn: -1, part: null }))
    .map(({ atMs }) => atMs);
  const ends = untilMs === null ? times : [...times, untilMs];
  return ends.slice(1).map((at, index) => at - (ends[index] ?? at));
}

const longer = (list: readonly number[], mostMs: number) =>
  list.filter((ms) => ms > mostMs).map((ms) => `nothing new for ${Math.round(ms)} ms`);

/** Rules on how often a live playlist is updated. */
export const HISTORY: readonly Check<History>[] = [
  must(
    'update-frequency',
    '§6.2.1',
    'A new segment MUST be made available no later than 1.5 times the Target Duration after the last.',
    (history) =>
      longer(
        gaps(history, ({ msn }) => String(msn)),
        1_500 * history.targetDuration + history.slackMs,
      ),
  ),
  must(
    'part-frequency',
    '§6.2.1',
    'The Server MUST add a new Partial Segment within one Part Target Duration after the previous.',
    (history) => {
      if (history.partTarget === null) return [];
      const list = gaps(history, ({ msn, part }) => `${msn}.${part}`);
      const isSlow = longer(list, 1_000 * history.partTarget + history.slackMs);
      const segmentMs = 1_500 * history.targetDuration + history.slackMs;
      // What is a gap between segments already is not reported a second time.
      return list.some((ms) => ms > segmentMs) ? [] : when(isSlow.length > 0, isSlow.join(', '));
    },
  ),
];
