const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long a process must have run for its end not to count as a failure to start. */
export const STEADY_MS = 30_000;

/** How many failures in a row there are once a process that ran for `ranMs` has ended. */
export const failuresAfter = (failures: number, ranMs: number) => (ranMs >= STEADY_MS ? 1 : failures + 1);

/**
 * The wait before the next start, milliseconds: doubled each time, bounded, and spread over its upper half by
 * `random` (0 to 1), so that processes that failed together don't all come back at once.
 */
export function backOffMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.round(whole * (0.5 + random / 2));
}
