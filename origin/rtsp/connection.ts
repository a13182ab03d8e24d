import { MalformedRtsp } from '../../media/rtsp/malformed.ts';
import { type Message, print, type Request, type Response, respond } from '../../media/rtsp/message.ts';
import { Reader } from '../../media/rtsp/reader.ts';
import type { Milliseconds } from '../../media/time.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { TcpConnection } from '../../runtime/tcp.ts';
import type { Admit } from '../ingest/door.ts';
import { Publisher } from '../ingest/rtsp/publisher.ts';
import { Client } from '../rtp/player/client.ts';
import type { Players } from '../rtp/player/players.ts';
import { FEATURES, METHODS, PUBLISH_METHODS, unsupportedOf, VERSIONS } from './features.ts';

/**
 * Requests that a client may send at once, and again in a second: a publisher of 8 streams needs 13, and then one now
 * and then. Who sends more and never reads would fill our memory with answers.
 */
const REQUESTS_MAX = 40;
const REQUESTS_PER_SECOND = 4;

export type ConnectionOptions = {
  readonly admit: Admit;
  readonly players: Players;
  readonly clock: Clock;
  readonly log: Log;
  /** Where UDP ports for media are opened. */
  readonly hostname: string;
};

/**
 * One connection of RTSP: requests are answered one after another, and frames of media come among them. Its first
 * request that is of one alone makes it a publisher's or a player's.
 */
export class Connection {
  /** When it was opened, or began to wait again. */
  #since: Milliseconds;
  readonly #tcp: TcpConnection;
  readonly #options: ConnectionOptions;
  readonly #publisher: Publisher;
  readonly #client: Client;
  #allowance = REQUESTS_MAX;
  #isAnswering = false;
  /** Of the requests that are ours. */
  #cseq = 0;

  constructor(tcp: TcpConnection, options: ConnectionOptions) {
    this.#tcp = tcp;
    this.#options = options;
    this.#since = options.clock.now();
    const { admit, clock, log, hostname, players } = options;
    const { address } = tcp;
    const sendFrame = (channel: number, data: Uint8Array) =>
      tcp.write(print({ kind: 'frame', channel, data }));
    const onEnd = () => void tcp.end();
    this.#publisher = new Publisher({ admit, clock, log, address, hostname, sendFrame, onEnd });
    this.#client = new Client(players, {
      address,
      write: (bytes) => tcp.write(bytes),
      waitingBytes: () => tcp.waitingBytes,
      ask: (request) => this.#ask(request),
      cut: (reason) => this.#cutPlayer(reason),
    });
  }

  get address(): string {
    return this.#tcp.address;
  }

  get isRecording(): boolean {
    return this.#publisher.isRecording;
  }

  /** It neither publishes nor has played: nothing is lost but time when it is closed. */
  get isWaiting(): boolean {
    return !this.#publisher.isRecording && !this.#publisher.isOver && !this.#client.hasPlayed;
  }

  /** For how long it has done nothing at all, in milliseconds. A session that is set up has its own time. */
  get idleMs(): Milliseconds {
    const isBusy = !this.isWaiting || this.#client.hasSessions || this.#isAnswering;
    return isBusy ? 0 : this.#options.clock.now() - this.#since;
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
    this.#client.end();
    await this.#publisher.end(reason);
    await this.#tcp.end();
  }

  /** Cuts the connection off. */
  async cut(reason: string): Promise<void> {
    this.#client.end();
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
    if (message.kind === 'frame') this.#frame(message.channel, message.data);
    if (message.kind !== 'request') return;
    this.#allowance -= 1;
    if (this.#allowance < 0) throw new MalformedRtsp(503, 'more requests than a client needs');
    this.#isAnswering = true;
    const response = await this.#answer(message);
    this.#isAnswering = false;
    this.#since = this.#options.clock.now();
    const cseq = message.headers.get('cseq');
    const headers = new Map([...(cseq === undefined ? [] : [['cseq', cseq] as const]), ...response.headers]);
    const version = VERSIONS.includes(message.version) ? message.version : '1.0';
    this.#send({ ...response, version, headers });
    this.#client.afterAnswer();
  }

  #frame(channel: number, data: Uint8Array): void {
    if (this.#publisher.hasBegun) this.#publisher.frame(channel, data);
    else this.#client.frame();
  }

  async #answer(request: Request): Promise<Response> {
    const { method, version, headers } = request;
    if (!VERSIONS.includes(version)) return respond(505);
    if (!headers.has('cseq')) return respond(400, {}, 'A CSeq is missing');
    const unsupported = unsupportedOf(request);
    if (unsupported !== null) return respond(551, { Unsupported: unsupported });
    const isOfPublisher = this.#publisher.hasBegun || PUBLISH_METHODS.includes(method);
    if (method === 'OPTIONS') {
      this.#client.keepAlive(request);
      return respond(200, { Public: METHODS, ...(headers.has('supported') && { Supported: FEATURES }) });
    }
    if (!isOfPublisher) return (await this.#client.answer(request)) ?? respond(501);
    if (version !== '1.0' && PUBLISH_METHODS.includes(method))
      return respond(501, {}, 'RTSP 2.0 has no publishing (RFC 7826): use 1.0');
    if (this.#client.hasSessions) return respond(455, {}, 'This connection plays: publish on one of its own');
    return (await this.#publisher.answer(request)) ?? respond(455, {}, 'This connection publishes');
  }

  #send(response: Response): void {
    this.#tcp.write(print(response));
  }

  #ask(request: Omit<Request, 'kind' | 'body'>): void {
    this.#cseq += 1;
    const headers = new Map([['cseq', String(this.#cseq)], ...request.headers]);
    this.#tcp.write(print({ kind: 'request', ...request, headers, body: new Uint8Array() }));
  }

  #cutPlayer(reason: string): void {
    const { address } = this;
    this.#options.log.warn({ door: 'rtsp', address, reason }, `rtsp: ${address} was cut off: ${reason}`);
    void this.cut(reason);
  }
}

/** Throws errors that are ours. */
function reasonOf(error: unknown): string {
  if (error instanceof MalformedRtsp) return `what was sent can't be taken: ${error.message}`;
  if (error instanceof Error && 'code' in error) return `the connection broke: ${String(error.code)}`;
  throw error;
}
