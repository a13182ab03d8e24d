import type { Packet } from '../../../media/srt/packet.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Feed } from '../../packaging/feed.ts';
import type { Publishing } from '../door.ts';
import { fromTransportStream } from '../transport-stream.ts';
import { Arrivals } from './arrivals.ts';
import { Connection, type ConnectionOptions, IDLE_MS, SILENT_MS, type State } from './connection.ts';

/** What a publisher sent until it was over. */
export type Report = { readonly reason: string; readonly received: number; readonly lost: number };

/** One publisher: its connection, and the feed that comes of it. */
export class Publisher {
  readonly #connection: Connection;
  readonly #arrivals = new Arrivals();
  #reason: string | null = null;

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
  async run({ signal, take, release }: Publishing, now: () => Milliseconds): Promise<Report> {
    const leave = () => this.#breakOff(reasonOf(signal.reason));
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    await take(this.#observed(fromTransportStream(this.#arrivals, now))).catch(() => {});
    signal.removeEventListener('abort', leave);
    release();
    this.#end('it is not taken any more', null);
    const { counts, lost } = this.#connection;
    return { reason: this.#reason ?? '', received: counts.received, lost };
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
      this.#reason ??= reasonOf(error);
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

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
