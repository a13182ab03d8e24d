/** A task that is repeated while its page is visible. */
export type Poll = {
  /** Runs the task now, unless it is running. */
  readonly now: () => void;
  readonly stop: () => void;
};

/** A server that answers nothing is asked this many times more seldom, at most. */
const SLOWEST = 4;

/** How long to wait after `failures` failures in a row. `random` is in [0, 1): pages spread out by a quarter. */
export function pause(everyMs: number, failures: number, random: number): number {
  const slower = Math.min(2 ** failures, SLOWEST);
  return everyMs * slower * (failures === 0 ? 1 : 0.875 + random / 4);
}

/** Runs `task` at once and then every `everyMs`, one at a time; a hidden page does nothing. */
export function poll(everyMs: number, task: () => Promise<boolean>): Poll {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let stopped = false;
  let failures = 0;
  const run = async () => {
    if (running || stopped || document.hidden) return;
    clearTimeout(timer);
    running = true;
    try {
      failures = (await task()) ? 0 : failures + 1;
    } finally {
      running = false;
      if (!stopped) timer = setTimeout(run, pause(everyMs, failures, Math.random()));
    }
  };
  const now = () => void run();
  const stop = () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', now);
  };
  document.addEventListener('visibilitychange', now);
  now();
  return { now, stop };
}
