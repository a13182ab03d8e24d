import type { Facts } from './facts.ts';
import type { Playback, Source } from './playback.ts';
import { type Reception, receptionOf } from './reception.ts';
import { NoWhep, openWhep, type WhepSession } from './whep-session.ts';

export type WhepSource = Source & {
  /** Told when there is something to play. */
  readonly onAttached: () => void;
  /** Told once, with a sentence, when it can't go on in this way. */
  readonly onGiveUp: (sentence: string) => void;
};

/** How often it is looked whether pictures come. */
const LOOK_MS = 1_000;

/** Nothing came for so long: the server or the way to it is gone. Key frames are 2 s apart. */
const STALLED_MS = 6_000;

/** A connection that broke is made anew this often, if it had been good for a while before. */
const GOOD_MS = 30_000;

/** Plays over WebRTC, with the lowest delay; gives up where that is not possible. */
export class Whep implements Playback {
  readonly #source: WhepSource;
  readonly #leave = () => this.#session?.end();
  #session: WhepSession | null = null;
  #reception: Reception | null = null;
  #openedAt = 0;
  #receivedAt = 0;
  #isClosed = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(source: WhepSource) {
    this.#source = source;
    addEventListener('pagehide', this.#leave);
    void this.#open();
  }

  facts(): Facts | null {
    const { height = 0, bitrate = null, delayMs = null } = this.#reception ?? {};
    if (this.#session === null || height === 0) return null;
    return {
      edge: this.#session.host,
      height,
      bitrate,
      bandwidth: null,
      bufferMs: delayMs ?? 0,
      latencyMs: null,
    };
  }

  close(): void {
    this.#isClosed = true;
    removeEventListener('pagehide', this.#leave);
    this.#end();
    this.#source.video.srcObject = null;
  }

  async #open(): Promise<void> {
    const stream = new MediaStream();
    try {
      const session = await openWhep(this.#source.url, stream);
      if (this.#isClosed) {
        session.end();
        return;
      }
      this.#session = session;
      this.#openedAt = performance.now();
      this.#receivedAt = performance.now();
      this.#reception = null;
      this.#source.video.srcObject = stream;
      this.#timer = setInterval(() => void this.#look(session), LOOK_MS);
      session.connection.addEventListener('connectionstatechange', () => this.#changed(session));
      this.#source.onAttached();
    } catch (error) {
      if (this.#isClosed) return;
      this.#giveUp(error instanceof NoWhep ? error.message : 'The picture broke off.');
    }
  }

  #changed({ connection }: WhepSession): void {
    if (connection.connectionState === 'failed') this.#broke();
  }

  async #look({ connection }: WhepSession): Promise<void> {
    const before = this.#reception;
    const reception = receptionOf(await connection.getStats(), before);
    if (this.#session?.connection !== connection) return;
    this.#reception = reception;
    const now = performance.now();
    if (reception.bytes > (before?.bytes ?? 0)) this.#receivedAt = now;
    if (now - this.#receivedAt > STALLED_MS) this.#broke();
    else this.#source.onTrouble(null);
  }

  /** What was good for a while is tried once more; the channel may have begun anew. */
  #broke(): void {
    const wasGood = performance.now() - this.#openedAt > GOOD_MS;
    this.#end();
    if (!wasGood) {
      this.#giveUp('The picture broke off.');
      return;
    }
    this.#source.onTrouble('The picture broke off. Starting again…');
    void this.#open();
  }

  #giveUp(sentence: string): void {
    this.#source.onGiveUp(sentence);
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#session?.end();
    this.#session = null;
  }
}
