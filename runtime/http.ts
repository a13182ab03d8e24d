import { lacksIpv6, listenFailure } from './listening.ts';
import { bun, deno } from './platform.ts';

/** Who is at the other end. */
export type Peer = {
  /** The IP address from which a request came, as the socket knows it; empty when it is gone. */
  readonly addressOf: (request: Request) => string;
};

/** Answers a request. */
export type Fetch = (request: Request, peer: Peer) => Response | Promise<Response>;

export type Listener = {
  /** The one asked for, or the free one found when 0 was asked for. */
  readonly port: number;
  /** Stops listening and cuts what is open. */
  readonly close: () => Promise<void>;
};

export type ListenOptions = {
  readonly port: number;
  /** `::` listens on IPv4 and IPv6; it falls back to `0.0.0.0` where there is no IPv6. */
  readonly hostname: string;
  /** The setting that moves the port, named in the error when it is taken. */
  readonly portSetting: string;
  readonly fetch: Fetch;
};

/** Longest time a connection may stand without a byte. Bun's own bound is 255. */
const IDLE_SECONDS = 60;

/** Serves HTTP on whichever runtime this is. Throws Failure `port-taken` or `address-unavailable`. */
export async function listen(options: ListenOptions): Promise<Listener> {
  try {
    return await serve(options);
  } catch (error) {
    if (lacksIpv6(options.hostname, error)) return listen({ ...options, hostname: '0.0.0.0' });
    throw listenFailure(options, error);
  }
}

function serve(options: ListenOptions): Promise<Listener> {
  if (bun) return serveOnBun(bun, options);
  if (deno) return serveOnDeno(deno, options);
  return serveOnNode(options);
}

async function serveOnBun(api: typeof Bun, { port, hostname, fetch }: ListenOptions): Promise<Listener> {
  const peer: Peer = { addressOf: (request) => server.requestIP(request)?.address ?? '' };
  const server: Bun.Server<undefined> = api.serve({
    port,
    hostname,
    fetch: (request) => fetch(request, peer),
    idleTimeout: IDLE_SECONDS,
  });
  return { port: server.port ?? port, close: () => server.stop(true) };
}

async function serveOnDeno(api: NonNullable<typeof deno>, options: ListenOptions): Promise<Listener> {
  const { port, hostname, fetch } = options;
  const server = api.serve({ port, hostname, onListen() {} }, (request, { remoteAddr }) =>
    fetch(request, { addressOf: () => remoteAddr.hostname }),
  );
  return { port: server.addr.port, close: () => server.shutdown() };
}

type NodeConnection = {
  readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } };
};

async function serveOnNode({ port, hostname, fetch }: ListenOptions): Promise<Listener> {
  const { serve: serveNode } = await import('@hono/node-server');
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  const options = {
    port,
    hostname,
    fetch: (request: Request, { incoming }: NodeConnection) =>
      fetch(request, { addressOf: () => incoming.socket.remoteAddress ?? '' }),
  };
  const server = serveNode(options, (info) => {
    resolve({ port: info.port, close });
  });
  server.on('error', reject);
  const close = async () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return promise;
}
