/** The fleet at one moment. A null value is a gap: nobody looked. */
export type Sample = {
  readonly atMs: number;
  readonly viewers: number | null;
  readonly bitsPerSecond: number | null;
};

/** How far back the charts reach. */
export const WINDOW_MS = 5 * 60_000;

/** Samples further apart than this are not joined by a line. */
const GAP_MS = 6_000;

/** Samples of one a second, twice over: the bound holds whatever the pace. */
const MAX_SAMPLES = (2 * WINDOW_MS) / 1_000;

/** `history` with one more sample, without what is older than the window. */
export function append(history: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = history.at(-1);
  const gap = last !== undefined && sample.atMs - last.atMs > GAP_MS;
  const pause = gap ? [{ atMs: last.atMs + 1, viewers: null, bitsPerSecond: null }] : [];
  const recent = history.filter((old) => sample.atMs - old.atMs <= WINDOW_MS);
  return [...recent, ...pause, sample].slice(-MAX_SAMPLES);
}

/** Seconds before the last sample, never positive, for each sample. */
export function ages(history: readonly Sample[]): number[] {
  const nowMs = history.at(-1)?.atMs ?? 0;
  return history.map((sample) => (sample.atMs - nowMs) / 1_000);
}

/** `now`, `20 s ago`, `3 min ago`. */
export function ago(seconds: number): string {
  const past = Math.round(-seconds);
  if (past <= 0) return 'now';
  return past < 60
    ? `${past} s ago`
    : `${Math.floor(past / 60)} min${past % 60 ? ` ${past % 60} s` : ''} ago`;
}
