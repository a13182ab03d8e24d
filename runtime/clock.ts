/** Time as an argument: decisions take `now`, nodes pass this. */
export type Clock = {
  /** Wall-clock time, milliseconds since 1970. */
  readonly now: () => number;
  /** Calls `work` every `periodMs` until the returned function is called. */
  readonly every: (periodMs: number, work: () => void) => () => void;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  every(periodMs, work) {
    const timer = setInterval(work, periodMs);
    return () => clearInterval(timer);
  },
};
