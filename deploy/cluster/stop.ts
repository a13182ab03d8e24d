import { leashed } from '../../runtime/lifecycle.ts';

/**
 * Aborts when this process is told to end: by a signal, by the end of what reads its output, or by the end
 * of whoever holds its leash. One Ctrl-C arrives several times, from the terminal, npm and set-up: all of them
 * are one.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop);
  if (Object.keys(leashed).every((name) => process.env[name] !== undefined)) {
    process.stdin.once('end', stop).once('error', stop).resume();
  }
  return controller.signal;
}

/** Resolves once `signal` is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
