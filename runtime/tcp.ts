import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { lacksIpv6, listenFailure } from './listening.ts';
import { plainAddress } from './plain-address.ts';

/** One TCP connection that was taken. Bytes are read when they are asked for: who does not ask slows the peer. */
export type TcpConnection = {
  /** The peer's IP address. */
  readonly address: string;
  /**
   * The next bytes, which belong to the receiver; null when the peer has ended, or after `stop`. Throws when the
   * connection broke.
   */
  readonly read: () => Promise<Uint8Array | null>;
  /** No more is read; who waits for it hears so. What is written is still sent. */
  readonly stop: () => void;
  /** Sends bytes. What can't be sent any more is lost. */
  readonly write: (bytes: Uint8Array) => void;
  /** Bytes that were written and that the system has not taken yet: what a peer that reads slowly costs. */
  readonly waitingBytes: number;
  /** Sends what was written, and ends when the peer has too or `LINGER_MS` have passed. */
  readonly end: () => Promise<void>;
  /** Ends at once; `read` gives null. */
  readonly destroy: () => void;
};

export type TcpListener = {
  /** The one asked for, or the free one found when 0 was asked for. */
  readonly port: number;
  /** Stops listening and cuts what is open. */
  readonly close: () => Promise<void>;
};

export type TcpListenOptions = {
  readonly port: number;
  /** `::` listens on IPv4 and IPv6; it falls back to `0.0.0.0` where there is no IPv6. */
  readonly hostname: string;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
  readonly onConnection: (connection: TcpConnection) => void;
  /** In PEM. With it, connections that start with a TLS handshake are taken as well, on the same port. */
  readonly tls?: { readonly key: string; readonly cert: string } | undefined;
};

/** How long a peer may take to read what was sent last, and end: within it a status gets through, or never. */
const LINGER_MS = 2_000;

/** `ContentType.handshake` of TLS (RFC 8446 §5.1): the first byte of a client that speaks it. */
const TLS_HANDSHAKE = 22;

/** Takes TCP connections. Throws Failure `port-taken` or `address-unavailable`. */
export async function listenTcp(options: TcpListenOptions): Promise<TcpListener> {
  try {
    return await listenOnce(options);
  } catch (error) {
    if (lacksIpv6(options.hostname, error)) return listenTcp({ ...options, hostname: '0.0.0.0' });
    throw listenFailure(options, error);
  }
}

async function listenOnce({ port, hostname, onConnection, tls }: TcpListenOptions): Promise<TcpListener> {
  const secure = tls === undefined ? null : createSecureContext(tls);
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    onConnection(new Connection(socket, secure));
  });
  await listening(server, port, hostname);
  const address = server.address();
  const close = async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { port: typeof address === 'object' && address !== null ? address.port : port, close };
}

function listening(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, () => resolve());
  });
}

class Connection implements TcpConnection {
  readonly address: string;
  #socket: Socket;
  /** Set until the first byte has told whether this is TLS. */
  #secure: SecureContext | null;
  #error: Error | null = null;
  #isStopped = false;
  /** Resolves when something happens to the socket, for all who wait for that. */
  #change = Promise.withResolvers<void>();

  constructor(socket: Socket, secure: SecureContext | null) {
    this.address = plainAddress(socket.remoteAddress ?? '');
    this.#socket = socket;
    this.#secure = secure;
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    const wake = () => this.#wake();
    socket.on('error', (error) => {
      this.#error = error;
      wake();
    });
    for (const event of ['readable', 'end', 'close'] as const) socket.on(event, wake);
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  async read(): Promise<Uint8Array | null> {
    while (!this.#isStopped) {
      const bytes: Uint8Array | null = this.#socket.read();
      if (bytes !== null && this.#secure !== null) this.#decide(this.#secure, bytes);
      else if (bytes !== null) return bytes;
      else if (this.#error !== null) throw this.#error;
      else if (this.#socket.readableEnded || this.#socket.destroyed) return null;
      else await this.#change.promise;
    }
    return null;
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** Puts the first bytes back, for TLS or for the reader. */
  #decide(secureContext: SecureContext, first: Uint8Array): void {
    this.#secure = null;
    const plain = this.#socket;
    for (const event of ['readable', 'end'] as const) plain.removeAllListeners(event);
    plain.pause();
    plain.unshift(first);
    if (first[0] === TLS_HANDSHAKE) this.#socket = new TLSSocket(plain, { isServer: true, secureContext });
    this.#listen(this.#socket);
  }

  write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  async end(): Promise<void> {
    this.stop();
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    if (this.#socket.destroyed) return;
    const timer = setTimeout(() => this.destroy(), LINGER_MS);
    this.#socket.end();
    // Bytes that nobody reads would turn the end into a reset, and lose what was sent last.
    this.#socket.removeAllListeners('readable');
    this.#socket.on('data', () => {});
    this.#socket.once('end', () => this.destroy());
    if (this.#socket.readableEnded) this.destroy();
    await closed;
    clearTimeout(timer);
  }

  destroy(): void {
    this.stop();
    this.#socket.destroy();
  }
}
