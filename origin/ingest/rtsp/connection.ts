import { MalformedRtsp } from '../../../media/rtsp/malformed.ts';
import { type Message, print, type Request, type Response, respond } from '../../../media/rtsp/message.ts';
import { Reader } from '../../../media/rtsp/reader.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Log } from '../../../runtime/log.ts';
import type { TcpConnection } from '../../../runtime/tcp.ts';
import type { Admit } from '../door.ts';
import { Publisher } from './publisher.ts';

/**
 * Requests that a client may send at once, and again in a second: a publisher of 8 streams needs 13, and then one now
 * and then. Who sends more and never reads would fill our memory with answers.
 */
const REQUESTS_MAX = 40;
const REQUESTS_PER_SECOND = 4;

/** What is answered to OPTIONS. */
const METHODS = 'OPTIONS, ANNOUNCE, SETUP, RECORD, TEARDOWN, GET_PARAMETER, SET_PARAMETER';

/** Methods that there are, for players; and with which versions publishing goes. */
const PLAY_METHODS: readonly string[] = ['DESCRIBE', 'PLAY', 'PAUSE'];
const PUBLISH_METHODS: readonly string[] = ['ANNOUNCE', 'RECORD'];

export type ConnectionOptions = {
  readonly admit: Admit;
  readonly clock: Clock;
  readonly log: Log;
  /** Where UDP ports for media are opened. */
  readonly hostname: string;
};

/** One connection of RTSP: requests are answered one after another, and frames of media come among them. */
export class Connection {
  readonly since: Milliseconds;
  readonly #tcp: TcpConnection;
  readonly #options: ConnectionOptions;
  readonly #publisher: Publisher;
  #allowance = REQUESTS_MAX;

  constructor(tcp: TcpConnection, options: ConnectionOptions) {
    this.#tcp = tcp;
    this.#options = options;
    this.since = options.clock.now();
    const { admit, clock, log, hostname } = options;
    const { address } = tcp;
    const sendFrame = (channel: number, data: Uint8Array) =>
      tcp.write(print({ kind: 'frame', channel, data }));
    const onEnd = () => void tcp.end();
    this.#publisher = new Publisher({ admit, clock, log, address, hostname, sendFrame, onEnd });
  }

  get address(): string {
    return this.#tcp.address;
  }

  get isRecording(): boolean {
    return this.#publisher.isRecording;
  }

  /** It published, and is being closed. */
  get isOver(): boolean {
    return this.#publisher.isOver;
  }

  /** Since when nothing has come of what is recorded, in milliseconds. */
  get silentMs(): Milliseconds {
    return this.#publisher.silentMs;
  }

  /** Serves the connection to its end. */
  async serve(): Promise<void> {
    let reason = 'it closed the connection without ending the stream';
    try {
      await this.#read();
    } catch (error) {
      reason = reasonOf(error);
      if (error instanceof MalformedRtsp) {
        const { address } = this;
        this.#options.log.warn({ door: 'rtsp', address, reason }, `rtsp: ${address} was cut off: ${reason}`);
        this.#send(respond(error.status, { Connection: 'close' }, error.message));
      }
    }
    await this.#publisher.end(reason);
    await this.#tcp.end();
  }

  /** Cuts the connection off. */
  async cut(reason: string): Promise<void> {
    await this.#publisher.end(reason);
    this.#tcp.destroy();
  }

  /** Called each second. */
  tick(): void {
    this.#allowance = Math.min(REQUESTS_MAX, this.#allowance + REQUESTS_PER_SECOND);
  }

  sendReports(): void {
    this.#publisher.sendReports();
  }

  /** Media waits in the connection while there is no room for it, and slows its sender. */
  async #read(): Promise<void> {
    const reader = new Reader();
    for (let bytes = await this.#tcp.read(); bytes !== null; bytes = await this.#tcp.read()) {
      for (const message of reader.push(bytes)) {
        await this.#take(message);
        if (this.#publisher.isOver) return;
      }
      await this.#publisher.room();
    }
  }

  async #take(message: Message): Promise<void> {
    if (message.kind === 'frame') this.#publisher.frame(message.channel, message.data);
    if (message.kind !== 'request') return;
    this.#allowance -= 1;
    if (this.#allowance < 0) throw new MalformedRtsp(503, 'more requests than a client needs');
    const { status, headers, reason, body } = await this.#answer(message);
    const cseq = message.headers.get('cseq');
    const said = new Map([...(cseq === undefined ? [] : [['cseq', cseq] as const]), ...headers]);
    const version = VERSIONS.includes(message.version) ? message.version : '1.0';
    this.#send({ kind: 'response', version, status, reason, headers: said, body });
  }

  async #answer(request: Request): Promise<Response> {
    const { method, version, headers } = request;
    if (!VERSIONS.includes(version)) return respond(505);
    if (!headers.has('cseq')) return respond(400, {}, 'A CSeq is missing');
    const required = headers.get('require');
    if (required !== undefined) return respond(551, { Unsupported: required });
    if (method === 'OPTIONS') return respond(200, { Public: METHODS });
    if (PLAY_METHODS.includes(method))
      return respond(
        405,
        { Allow: METHODS },
        'Presentations are not played over RTSP yet: ask for /play/<id>',
      );
    if (version !== '1.0' && PUBLISH_METHODS.includes(method))
      return respond(501, {}, 'RTSP 2.0 has no publishing (RFC 7826): use 1.0');
    return (await this.#publisher.answer(request)) ?? respond(501);
  }

  #send(response: Response): void {
    this.#tcp.write(print(response));
  }
}

const VERSIONS: readonly string[] = ['1.0', '2.0'];

/** Throws errors that are ours. */
function reasonOf(error: unknown): string {
  if (error instanceof MalformedRtsp) return `what was sent can't be taken: ${error.message}`;
  if (error instanceof Error && 'code' in error) return `the connection broke: ${String(error.code)}`;
  throw error;
}
