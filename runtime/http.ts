import { lacksIpv6, listenFailure } from './listening.ts';
import { bun, deno } from './platform.ts';

/** Answers a request. `address` is the client's, as the socket knows it. */
export type Fetch = (request: Request) => Response | Promise<Response>;

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
  const server = api.serve({ port, hostname, fetch, idleTimeout: IDLE_SECONDS });
  return { port: server.port ?? port, close: () => server.stop(true) };
}

async function serveOnDeno(api: NonNullable<typeof deno>, options: ListenOptions): Promise<Listener> {
  const { port, hostname, fetch } = options;
  const server = api.serve({ port, hostname, onListen() {} }, (request) => fetch(request));
  return { port: server.addr.port, close: () => server.shutdown() };
}

async function serveOnNode({ port, hostname, fetch }: ListenOptions): Promise<Listener> {
  const { serve: serveNode } = await import('@hono/node-server');
  const { promise, resolve, reject } = Promise.withResolvers<Listener>();
  const server = serveNode({ port, hostname, fetch }, (info) => {
    resolve({ port: info.port, close });
  });
  server.on('error', reject);
  const close = async () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return promise;
}
