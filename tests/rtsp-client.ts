import { connect, type Socket } from 'node:net';
import { headersOf, type Message, print, type Response } from '../media/rtsp/message.ts';
import { Reader } from '../media/rtsp/reader.ts';

/** What is announced: H.264 and AAC of 48 kHz in stereo. */
export const SDP = [
  ...['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=test', 't=0 0'],
  ...[
    'm=video 0 RTP/AVP 96',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 packetization-mode=1',
    'a=control:streamid=0',
  ],
  ...['m=audio 0 RTP/AVP 97', 'a=rtpmap:97 MPEG4-GENERIC/48000/2'],
  ...[
    'a=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190',
    'a=control:streamid=1',
  ],
  '',
].join('\r\n');

type Fields = Readonly<Record<string, string>>;

/** A client that says what it is told to, one thing after another. */
export class RtspClient {
  readonly socket: Socket;
  /** Resolves when the server has closed the connection. */
  readonly closed: Promise<void>;
  readonly #reader = new Reader();
  readonly #messages: Message[] = [];
  #wake = Promise.withResolvers<void>();
  #isClosed = false;
  #cseq = 0;
  session = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => {
      this.#messages.push(...this.#reader.push(bytes));
      this.#wake.resolve();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#isClosed = true;
        this.#wake.resolve();
        resolve();
      });
    });
  }

  static open(port: number): Promise<RtspClient> {
    return RtspClient.over(connect({ port, host: '127.0.0.1' }), 'connect');
  }

  /** Over a socket that is ready when it says so. */
  static async over(socket: Socket, ready: 'connect' | 'secureConnect'): Promise<RtspClient> {
    const client = new RtspClient(socket);
    await new Promise<void>((resolve) => socket.once(ready, resolve));
    return client;
  }

  /** The next message of a kind; null when the connection is closed before. */
  async next<Kind extends Message['kind']>(kind: Kind): Promise<Extract<Message, { kind: Kind }> | null> {
    for (;;) {
      const at = this.#messages.findIndex((message) => message.kind === kind);
      const [message] = at < 0 ? [] : this.#messages.splice(at, 1);
      if (message !== undefined) return message as Extract<Message, { kind: Kind }>;
      if (this.#isClosed) return null;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }

  /** Asks, and gives the answer. */
  async ask(
    method: string,
    uri: string,
    fields: Fields = {},
    body = '',
    version = '1.0',
  ): Promise<Response | null> {
    this.#cseq += 1;
    const all = { CSeq: String(this.#cseq), ...(this.session && { Session: this.session }), ...fields };
    const bytes = new TextEncoder().encode(body);
    const headers = headersOf(all);
    this.socket.write(print({ kind: 'request', method, uri, version, headers, body: bytes }));
    const response = await this.next('response');
    this.session = response?.headers.get('session')?.split(';')[0] ?? this.session;
    return response;
  }

  announce(uri: string, fields: Fields = {}, sdp = SDP): Promise<Response | null> {
    return this.ask('ANNOUNCE', uri, { 'Content-Type': 'application/sdp', ...fields }, sdp);
  }

  setUp(uri: string, transport: string): Promise<Response | null> {
    return this.ask('SETUP', uri, { Transport: transport });
  }

  /** Announces, sets both streams up on channels 0 to 3, and records. */
  async publish(uri: string): Promise<void> {
    await this.announce(uri);
    for (const index of [0, 1]) {
      const channels = `${index * 2}-${index * 2 + 1}`;
      await this.setUp(`${uri}/streamid=${index}`, `RTP/AVP/TCP;unicast;interleaved=${channels};mode=record`);
    }
    await this.ask('RECORD', uri);
  }

  /** Sends a frame; false when the connection's buffer is full. */
  send(channel: number, data: Uint8Array): boolean {
    return this.socket.write(print({ kind: 'frame', channel, data }));
  }
}
