import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from './part.ts';

const PERIOD_MS = 50;
const ANSWER_MS = 2_000;

/** Resolves with true once the probe is answered, with false when `signal` ends the wait. */
export async function untilReady(probe: Probe, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await answers(probe)) return true;
    await sleep(PERIOD_MS, undefined, { signal }).catch(() => {});
  }
  return false;
}

function answers(probe: Probe): Promise<boolean> {
  switch (probe.kind) {
    case 'http':
      return answersHttp(probe.url);
    case 'nats':
      return greets(probe.port);
  }
}

const answersHttp = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    async (response) => {
      await response.body?.cancel();
      return response.ok;
    },
    () => false,
  );

/** A NATS server speaks first: `INFO {…}`. */
function greets(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host: '127.0.0.1', port });
  socket.setTimeout(ANSWER_MS);
  socket.setEncoding('latin1');
  socket.once('data', (text) => resolve(String(text).startsWith('INFO ')));
  for (const event of ['timeout', 'error', 'close'] as const) socket.once(event, () => resolve(false));
  return promise.finally(() => socket.destroy());
}
