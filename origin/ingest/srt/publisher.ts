import type { Packet } from '../../../media/srt/packet.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Feed } from '../../packaging/feed.ts';
import { Arrivals } from '../arrivals.ts';
import type { Admission, Publishing } from '../door.ts';
import { Changed, TransportStream } from '../transport-stream.ts';
import { Connection, type ConnectionOptions, IDLE_MS, SILENT_MS, type State } from './connection.ts';

/** What a publisher sent until it was over. */
export type Report = { readonly reason: string; readonly received: number; readonly lost: number };

/** Each change costs the channel an epoch: a publisher has so many in a row that come sooner than `STEADY_MS`. */
const CHANGES_MAX = 3;
const STEADY_MS: Milliseconds = 5_000;

export type RunOptions = {
  readonly now: () => Milliseconds;
  /** Asked when it sends another movie: a feed is one. */
  readonly readmit: () => Admission;
};

/** One publisher: its connection, and the feeds that come of it. */
export class Publisher {
  readonly #connection: Connection;
  readonly #arrivals = new Arrivals();
  #reason: string | null = null;
  /** Why the feed that ended is followed by another; null where it is not. */
  #changed: string | null = null;

  constructor(options: Omit<ConnectionOptions, 'deliver'>, nowMs: Milliseconds) {
    const deliver = (payload: Uint8Array) => {
      this.#arrivals.push(payload);
    };
    this.#connection = new Connection({ ...options, deliver }, nowMs);
  }

  /** False when it is gone. */
  receive(packet: Packet, nowMs: Milliseconds): boolean {
    return this.#follow(this.#connection.receive(packet, nowMs));
  }

  /** False when it is gone. */
  tick(nowMs: Milliseconds): boolean {
    return this.#follow(this.#connection.tick(nowMs));
  }

  /** Has its media taken; resolves when that is over, for whatever reason. */
  async run(first: Publishing, { now, readmit }: RunOptions): Promise<Report> {
    const stream = new TransportStream(this.#arrivals, now);
    let admission: Admission = { kind: 'admitted', publishing: first };
    let changes = 0;
    while (admission.kind === 'admitted') {
      const startedMs = now();
      this.#changed = null;
      await this.#take(stream, admission.publishing);
      changes = now() - startedMs >= STEADY_MS ? 1 : changes + 1;
      if (this.#changed === null) break;
      admission = changes > CHANGES_MAX ? unsteady(this.#changed) : readmit();
    }
    await stream.close();
    this.#end(admission.kind === 'refused' ? admission.reason : 'it is not taken any more', null);
    const { counts, lost } = this.#connection;
    return { reason: this.#reason ?? '', received: counts.received, lost };
  }

  async #take(stream: TransportStream, { signal, take, release }: Publishing): Promise<void> {
    const leave = () => this.#breakOff(reasonOf(signal.reason));
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    await take(this.#observed(stream.feed())).catch(() => {});
    signal.removeEventListener('abort', leave);
    release();
  }

  /** Says goodbye to who is still there. */
  shutdown(nowMs: Milliseconds): void {
    this.#end('the origin was stopped', null);
    this.#connection.shutdown(nowMs);
  }

  /** Remembers why a feed broke off: `take` need not say it. */
  async *#observed(feed: Feed): Feed {
    try {
      yield* feed;
    } catch (error) {
      if (error instanceof Changed) this.#changed = error.message;
      else this.#reason ??= reasonOf(error);
      throw error;
    }
  }

  #follow(state: State): boolean {
    switch (state) {
      case 'open':
        return true;
      case 'closed':
        this.#end('the publisher closed the connection', null);
        return false;
      case 'idle':
        this.#breakOff(`nothing came from the publisher for ${IDLE_MS / 1_000} s`);
        return false;
      case 'silent':
        this.#breakOff(`the publisher sent no media for ${SILENT_MS / 1_000} s`);
        return false;
    }
  }

  #breakOff(reason: string): void {
    this.#end(reason, new Error(reason));
  }

  #end(reason: string, error: Error | null): void {
    this.#reason ??= reason;
    this.#arrivals.end(error);
  }
}

const unsteady = (reason: string): Admission => ({
  kind: 'refused',
  code: 'taken',
  reason: `it changes too often: ${reason}`,
});

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
