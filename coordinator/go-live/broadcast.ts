import type { Credentials } from './credentials.ts';
import type { State } from './state.ts';
import { Trouble } from './trouble.ts';
import { type Publication, publish } from './whip-client.ts';
import { whipUrlOf } from './whip-url.ts';

/** Waits before it is tried again: the first, and the longest. */
const AGAIN_MS = 1_000;
const AGAIN_MAX_MS = 15_000;

/** A connection that is disturbed may come back by itself within this. */
const DISCONNECTED_MS = 2_000;

/** Publishes a stream until it is stopped; a connection that is lost is made again. */
export class Broadcast {
  readonly #stream: MediaStream;
  readonly #credentials: Credentials;
  readonly #show: (state: State) => void;
  #publication: Publication | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #wasLive = false;
  #waitMs = AGAIN_MS;

  constructor(stream: MediaStream, credentials: Credentials, show: (state: State) => void) {
    this.#stream = stream;
    this.#credentials = credentials;
    this.#show = show;
  }

  start(): void {
    this.#show({ kind: 'connecting' });
    void this.#connect();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#publication?.end();
    this.#publication = null;
    this.#show({ kind: 'idle' });
  }

  /** The browser's own statistics, or null while nothing is sent. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.#publication?.connection.getStats()) ?? null;
  }

  async #connect(): Promise<void> {
    try {
      const { channel, key } = this.#credentials;
      const publication = await publish(this.#stream, await whipUrlOf(channel), key);
      if (this.#isStopped) publication.end();
      else this.#live(publication);
    } catch (error) {
      if (!this.#isStopped) this.#fail(error);
    }
  }

  #live(publication: Publication): void {
    this.#publication = publication;
    this.#wasLive = true;
    this.#waitMs = AGAIN_MS;
    this.#show({ kind: 'live', sinceMs: Date.now() });
    publication.connection.addEventListener('connectionstatechange', () => this.#watch(publication));
  }

  /** A browser that hears nothing says so after some seconds, and gives up after many more. */
  #watch(publication: Publication): void {
    clearTimeout(this.#timer);
    const { connectionState } = publication.connection;
    if (connectionState === 'failed' || connectionState === 'closed') this.#lose(publication);
    if (connectionState === 'disconnected') {
      this.#timer = setTimeout(() => this.#lose(publication), DISCONNECTED_MS);
    }
  }

  #lose(publication: Publication): void {
    if (this.#publication !== publication) return;
    publication.end();
    this.#publication = null;
    this.#fail(new Trouble('The connection to the origin was lost.', true));
  }

  /** What never was live is not tried again: the person in front of it can. */
  #fail(error: unknown): void {
    const trouble = error instanceof Trouble ? error : new Trouble(String(error), false);
    if (!this.#wasLive || !trouble.isPassing) {
      this.#isStopped = true;
      this.#show({ kind: 'failed', reason: trouble.message });
      return;
    }
    this.#show({ kind: 'lost', reason: trouble.message });
    this.#timer = setTimeout(() => void this.#connect(), this.#waitMs);
    this.#waitMs = Math.min(AGAIN_MAX_MS, this.#waitMs * 2);
  }
}
