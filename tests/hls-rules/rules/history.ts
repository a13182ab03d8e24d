import { type Check, must, should, when } from '../check.ts';
import type { Edge } from '../playlist/media-playlist.ts';

/** A playlist as it was seen. */
export type Sight = {
  readonly atMs: number;
  readonly edge: Edge;
  /** Of what is last in it. */
  readonly discontinuitySequence: number;
};

/** When a client saw a playlist grow. */
export type History = {
  readonly targetDuration: number;
  /** Null for a playlist without parts. */
  readonly partTarget: number | null;
  readonly updates: readonly Sight[];
  /** The end of what was watched; null when the playlist has ended. */
  readonly untilMs: number | null;
  /** How much later than it happened the client may have seen it. */
  readonly slackMs: number;
};

type Gap = { readonly ms: number; readonly isBreak: boolean };

/** The times between updates that changed what `of` tells, the open end included. */
function gaps({ updates, untilMs }: History, of: (edge: Edge) => string): readonly Gap[] {
  const news = updates.filter(({ edge }, index) => {
    const before = updates[index - 1];
    return before === undefined || of(edge) !== of(before.edge);
  });
  const between = news.slice(1).map(({ atMs, discontinuitySequence }, index) => ({
    ms: atMs - (news[index]?.atMs ?? atMs),
    isBreak: discontinuitySequence !== news[index]?.discontinuitySequence,
  }));
  const last = news.at(-1);
  if (untilMs === null || last === undefined) return between;
  return [...between, { ms: untilMs - last.atMs, isBreak: false }];
}

const segmentOf = ({ msn }: Edge) => String(msn);
const partOf = ({ msn, part }: Edge) => `${msn}.${part}`;

const segmentMs = ({ targetDuration, slackMs }: History) => 1_500 * targetDuration + slackMs;
const partMs = ({ partTarget, slackMs }: History) => 1_000 * (partTarget ?? 0) + slackMs;

const said = ({ ms }: Gap) => `nothing new for ${Math.round(ms)} ms`;

/** Rules on how often a live playlist is updated. A source that was lost and is back has a rule of its own. */
export const HISTORY: readonly Check<History>[] = [
  must(
    'update-frequency',
    '§6.2.1',
    'A new segment MUST be made available no later than 1.5 times the Target Duration after the last.',
    (history) =>
      gaps(history, segmentOf)
        .filter(({ ms, isBreak }) => !isBreak && ms > segmentMs(history))
        .map(said),
  ),
  must(
    'part-frequency',
    '§6.2.1',
    'The Server MUST add a new Partial Segment within one Part Target Duration after the previous.',
    (history) => {
      if (history.partTarget === null) return [];
      const late = gaps(history, partOf).filter(({ ms, isBreak }) => !isBreak && ms > partMs(history));
      // What is a gap between segments already is not reported a second time.
      return when(
        late.length > 0 && late.every(({ ms }) => ms <= segmentMs(history)),
        late.map(said).join(', '),
      );
    },
  ),
  should(
    'absence-signalled',
    '§6.2.1',
    'The absence of media data SHOULD be signaled by Media Segments with EXT-X-GAP tags.',
    (history) => {
      const isLong = ({ ms, isBreak }: Gap) => isBreak && ms > segmentMs(history);
      return gaps(history, segmentOf).filter(isLong).map(said);
    },
  ),
];
