import { type Context, Hono } from 'hono';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../runtime/clock.ts';
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

/** What viewers ask of an edge. Media that is in memory is answered before its path is even read. */
export function edgeApp(doors: Doors): Hono {
  const { cache, load, metrics, clock, isReady } = doors;
  const media = mediaDoor(doors);
  const app = new Hono();
  app.on(['GET', 'HEAD'], '/v/*', (c) => {
    const stored = cache.peek(c.req.path);
    return stored === null ? media(c) : send(c.req.raw, stored, load);
  });
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

function mediaDoor({ viewing, posters, load }: Doors): (c: Context) => Response | Promise<Response> {
  const paths = new LRUCache<string, Paths.MediaPath>({ max: PATHS_MAX });
  return (c) => {
    const path = paths.get(c.req.path) ?? Paths.parse(c.req.path);
    if (path === null) return refuse(404, `no such path: ${c.req.path}`);
    paths.set(c.req.path, path);
    if (path.kind === 'poster') {
      return posters.find(path.presentation).then((stored) => {
        return stored === null ? refuse(404, 'no poster') : send(c.req.raw, stored, load);
      });
    }
    const found = viewing.find(path);
    if (found instanceof Promise) return found.then((later) => respond(c.req.raw, later, load));
    return respond(c.req.raw, found, load);
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
  const response = answer(request, stored);
  if (response.status === 200 && request.method === 'GET')
    load.count(stored.mediaSeconds, stored.bytes.byteLength);
  return response;
}

function refuseFor(error: unknown): Response {
  if (error instanceof OriginUnreachable)
    return refuse(502, 'the origin does not answer', { 'Retry-After': '1' });
  return refuse(503, 'this edge is not connected to the cluster', { 'Retry-After': String(RETRY_SECONDS) });
}
