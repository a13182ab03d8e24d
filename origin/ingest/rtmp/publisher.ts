import { MalformedFlv } from '../../../media/flv/malformed.ts';
import { MalformedBox } from '../../../media/isobmff/box.ts';
import { RANDOM_BYTES } from '../../../media/rtmp/handshake.ts';
import { MalformedRtmp } from '../../../media/rtmp/malformed.ts';
import { Server, type ServerEvent } from '../../../media/rtmp/server.ts';
import type { TcpConnection } from '../../../runtime/tcp.ts';

/** What a publisher sends that is not answered by the protocol itself. */
export type Request = Exclude<ServerEvent, { readonly kind: 'reply' }>;

/**
 * One publisher: its connection and what is known of the protocol's state on it. Requests are read one by one, when
 * they are asked for, and so are the bytes they come in.
 */
export class Publisher {
  readonly #connection: TcpConnection;
  readonly #server: Server;
  readonly #now: () => number;
  #events: Generator<ServerEvent> | null = null;
  /** Since when the next bytes are waited for; null while nobody does. */
  #waitingSince: number | null = null;

  constructor(connection: TcpConnection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
    this.#server = new Server(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
  }

  get address(): string {
    return this.#connection.address;
  }

  /** For how long it has been silent, in milliseconds; 0 while nobody listens to it. */
  get silentMs(): number {
    return this.#waitingSince === null ? 0 : this.#now() - this.#waitingSince;
  }

  /** The next request; null when it is gone, or after `stop`. Throws what `reasonOf` explains. */
  async next(): Promise<Request | null> {
    for (;;) {
      const request = this.#answer();
      if (request !== null) return request;
      const bytes = await this.#read();
      if (bytes === null) return null;
      this.#events = this.#server.push(bytes);
    }
  }

  /** Answers what the protocol answers, up to the next request in the bytes that came; null at their end. */
  #answer(): Request | null {
    for (;;) {
      const event = this.#events?.next();
      if (event === undefined || event.done) return null;
      if (event.value.kind !== 'reply') return event.value;
      this.#connection.write(event.value.bytes);
    }
  }

  /** It is not read any more; who waits for its next request hears so. */
  stop(): void {
    this.#connection.stop();
  }

  async #read(): Promise<Uint8Array | null> {
    this.#waitingSince = this.#now();
    try {
      return await this.#connection.read();
    } finally {
      this.#waitingSince = null;
    }
  }

  /** Tells it to begin. */
  admit(): void {
    for (const bytes of this.#server.admit()) this.#connection.write(bytes);
  }

  /** Tells it why it may not publish, or may not go on, and ends the connection. */
  async dismiss(reason: string): Promise<void> {
    this.#connection.write(this.#server.refuse(reason));
    await this.#connection.end();
  }

  /** Ends the connection. */
  async end(): Promise<void> {
    await this.#connection.end();
  }

  /** Ends the connection at once. */
  destroy(): void {
    this.#connection.destroy();
  }
}

/** What an error says that came while a publisher was read, for the log and the channel. Throws those that are ours. */
export function reasonOf(error: unknown): string {
  const isTheirs =
    error instanceof MalformedRtmp || error instanceof MalformedFlv || error instanceof MalformedBox;
  if (isTheirs) return `what was sent can't be taken: ${error.message}`;
  if (error instanceof Error && 'code' in error) return `the connection broke: ${String(error.code)}`;
  throw error;
}
