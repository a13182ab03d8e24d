import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../runtime/failure.ts';
import type { Exit } from '../../runtime/process.ts';
import { backOffMs, failuresAfter } from './backoff.ts';
import { type Child, launch } from './child.ts';
import type { Part } from './part.ts';
import { untilReady } from './readiness.ts';

/** A node is up within a second or two; a machine that packages a film meanwhile is slower. */
const READY_WITHIN_MS = 60_000;

/** Above the 5 s in which a node ends itself, so that it has the last word. */
const STOP_GRACE_MS = 6_000;

export type KeeperEvents = {
  /** A line that the process wrote; `repeated` when the failure to start says the same. */
  readonly onLine: (line: string, repeated: boolean) => void;
  /** What happens to it, in words. */
  readonly onNews: (news: string) => void;
};

/** Keeps one part of the cluster running: starts it, and starts it again when it ends. */
export class Keeper {
  readonly #part: Part;
  readonly #events: KeeperEvents;
  readonly #stopping = new AbortController();
  #child: Child | null = null;
  #lastLine: string | null = null;
  #wasReady = false;

  constructor(part: Part, events: KeeperEvents) {
    this.#part = part;
    this.#events = events;
  }

  /** Starts it and waits until it is ready. Throws Failure `child-failed` when it ends before, or never is. */
  async start(): Promise<void> {
    const startedAt = performance.now();
    const child = this.#launch();
    const ended = child.exited.then((exit) => {
      throw this.#failure(exit);
    });
    this.#wasReady = await Promise.race([this.#untilReady(), ended]);
    ended.catch(() => {});
    if (this.#wasReady) void this.#keep(child, startedAt);
    else if (!this.#stopping.signal.aborted) throw this.#failure(null);
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#child?.stop(STOP_GRACE_MS);
  }

  #launch(): Child {
    this.#child = launch(this.#part, (line) => {
      this.#lastLine = line;
      this.#events.onLine(line, SENTENCE.test(line) && !this.#wasReady);
    });
    return this.#child;
  }

  #untilReady(): Promise<boolean> {
    const bounded = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(READY_WITHIN_MS)]);
    return untilReady(this.#part.probe, bounded);
  }

  async #keep(first: Child, firstStartedAt: number): Promise<void> {
    let child = first;
    let startedAt = firstStartedAt;
    for (let failures = 0; ; ) {
      const exit = await child.exited;
      if (this.#stopping.signal.aborted) return;
      failures = failuresAfter(failures, performance.now() - startedAt);
      const waitMs = backOffMs(failures, Math.random());
      this.#events.onNews(`ended ${describe(exit)}; it is started again in ${(waitMs / 1000).toFixed(1)} s`);
      await sleep(waitMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      startedAt = performance.now();
      child = this.#launch();
      void this.#announceReturn(child);
    }
  }

  async #announceReturn(child: Child): Promise<void> {
    const ready = await Promise.race([this.#untilReady(), child.exited.then(() => false)]);
    if (ready) this.#events.onNews('is back');
  }

  #failure(exit: Exit | null): Failure {
    const { name } = this.#part;
    const said = exit && this.#lastLine?.match(SENTENCE)?.[1];
    const problem = exit ? `ended ${describe(exit)}` : `was not ready within ${READY_WITHIN_MS / 1000} s`;
    return new Failure('child-failed', `${name}: ${said ?? problem}`, `More is in the log of ${name}`);
  }
}

/** What a node says before it ends with status 1, such as `headwater edge [port-taken]: TCP port …`. */
const SENTENCE = /^headwater [a-z0-9-]+(?: \[[a-z-]+\])?: (.+?)\.?$/;

const describe = (exit: Exit) =>
  exit.kind === 'signal' ? `by ${exit.signal}` : `with status ${exit.status}`;
