import { Hono } from 'hono';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../runtime/clock.ts';
import type { Fetch } from '../runtime/http.ts';
import type { Metrics } from '../runtime/metrics.ts';
import * as Paths from '../wire/paths.ts';
import { answer, refuse } from './answer.ts';
import type { MediaCache } from './cache.ts';
import type { Load } from './load.ts';
import { OriginUnreachable } from './origin-client.ts';
import type { Posters } from './posters.ts';
import { CORS, type Stored } from './stored.ts';
import type { Found, Viewing } from './viewing.ts';

export type Doors = {
  readonly cache: MediaCache;
  readonly viewing: Viewing;
  readonly posters: Posters;
  readonly load: Load;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly isReady: () => boolean;
};

/** Parsed paths kept: reading one again costs more than finding it. */
const PATHS_MAX = 4_096;

/** Seconds after which something that is about to exist is worth asking for again. */
const RETRY_SECONDS = 1;

/**
 * What viewers ask of an edge. Requests for manifests and media, which are nearly all, go straight to their door: the
 * way there through Hono costs a seventh of a small answer.
 */
export function edgeApp(doors: Doors): { readonly fetch: Fetch } {
  const media = mediaDoor(doors);
  const app = otherDoors(doors);
  return {
    fetch(request) {
      const path = pathOf(request.url);
      return path.startsWith('/v/') && isRead(request.method) ? media(request, path) : app.fetch(request);
    },
  };
}

const isMedia = (path: string) => path.endsWith('.m4s') || path.endsWith('.mp4');

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

/** The path of an absolute URL: as it was sent, without the query. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

function otherDoors({ metrics, clock, isReady }: Doors): Hono {
  const app = new Hono();
  app.options('/v/*', () => new Response(null, { status: 204, headers: PREFLIGHT }));
  app.get('/time', (c) => c.text(new Date(clock.now()).toISOString(), 200, TIME_HEADERS));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady() ? c.text('ready\n') : c.text('NATS is not connected\n', 503)));
  app.get('/metrics', () => metrics.respond());
  app.notFound(() => refuse(404, 'not found: an edge serves /v/<id>/index.m3u8 and what it names'));
  app.onError((error) => refuseFor(error));
  return app;
}

/** A DASH player sets its clock by the time that it reads here (ISO/IEC 23009-1 §5.8.4.11): it is never kept. */
const TIME_HEADERS = { 'Cache-Control': 'no-store', ...CORS } as const;

const PREFLIGHT = {
  ...CORS,
  'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
  'Access-Control-Allow-Headers':
    'Range, If-None-Match, If-Range, CMCD-Request, CMCD-Object, CMCD-Status, CMCD-Session',
  'Access-Control-Allow-Private-Network': 'true',
  'Access-Control-Max-Age': '86400',
} as const;

/** What is in memory is answered before its path is even read. */
function mediaDoor({ cache, viewing, posters, load }: Doors) {
  const read = pathReader();
  return (request: Request, pathname: string): Response | Promise<Response> => {
    const stored = isMedia(pathname) ? cache.peek(pathname) : viewing.peek(pathname);
    if (stored !== null) return send(request, stored, load);
    const path = read(pathname);
    if (path === null) return refuse(404, `no such path: ${pathname}`);
    if (path.kind === 'poster') {
      return posters.find(path.presentation).then((stored) => {
        return stored === null ? refuse(404, 'no poster') : send(request, stored, load);
      }, refuseFor);
    }
    const found = viewing.find(path);
    if (found instanceof Promise)
      return found.then((later) => respond(request, later, load)).catch(refuseFor);
    return respond(request, found, load);
  };
}

function pathReader(): (pathname: string) => Paths.MediaPath | null {
  const known = new LRUCache<string, Paths.MediaPath>({ max: PATHS_MAX });
  return (pathname) => {
    const before = known.get(pathname);
    if (before !== undefined) return before;
    const path = Paths.parse(pathname);
    if (path !== null) known.set(pathname, path);
    return path;
  };
}

function respond(request: Request, found: Found, load: Load): Response {
  switch (found.kind) {
    case 'stored':
      return send(request, found.stored, load);
    case 'absent':
      return refuse(404, found.problem);
    case 'too-early':
      return refuse(503, found.problem, { 'Retry-After': String(RETRY_SECONDS) });
  }
}

function send(request: Request, stored: Stored, load: Load): Response {
  const other = answer(request, stored);
  if (other !== null) return other;
  load.count(stored.mediaSeconds, stored.size);
  return stored.whole();
}

function refuseFor(error: unknown): Response {
  if (error instanceof OriginUnreachable)
    return refuse(502, 'the origin does not answer', { 'Retry-After': '1' });
  return refuse(503, 'this edge is not connected to the cluster', { 'Retry-After': String(RETRY_SECONDS) });
}
