import type { Log } from './log.ts';

/** How long a node may take to close before it is ended hard. */
const CLOSE_DEADLINE_MS = 5_000;

/** Set by a supervisor that holds our standard input open for as long as it lives. */
const LEASH = 'HEADWATER_LEASH';

/** What a node has opened, closed in reverse order when it is told to stop. */
export class Lifecycle {
  readonly #closers: { readonly name: string; readonly close: () => unknown }[] = [];
  readonly #log: Log;
  #closing: Promise<void> | null = null;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Remembers how to close something that is now open. */
  defer(name: string, close: () => unknown): void {
    this.#closers.push({ name, close });
  }

  /** Closes everything once; a closer that throws is logged and does not stop the others. */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#log.error({ err: error }, `closing ${name} failed`);
      }
    }
  }

  /** Ends the process, cleanly, on SIGINT, SIGTERM, SIGHUP, or the death of the supervisor. */
  endOnSignal(): void {
    const end = (why: string) => {
      if (this.#closing !== null) return;
      this.#log.info(`stopping: ${why}`);
      setTimeout(() => process.exit(1), CLOSE_DEADLINE_MS).unref();
      void this.close().then(() => process.exit(0));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(signal));
    if (process.env[LEASH] !== undefined) {
      process.stdin.once('end', () => end('the supervisor is gone'));
      process.stdin.once('error', () => end('the supervisor is gone'));
      process.stdin.resume();
    }
  }
}

/** The environment and standard input that put a child on the leash. */
export const leashed = { [LEASH]: '1' } as const;
