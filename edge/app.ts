import { type Context, Hono } from 'hono';
import { LRUCache } from 'lru-cache';
import { NOTHING_ASKED, parseDirectives } from '../media/hls/directives.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Metrics } from '../runtime/metrics.ts';
import * as Paths from '../wire/paths.ts';
import { answer, refuse } from './answer.ts';
import type { MediaCache } from './cache.ts';
import type { Found } from './found.ts';
import type { Load } from './load.ts';
import { OriginUnreachable } from './origin-client.ts';
import type { Posters } from './posters.ts';
import { CORS, type Stored } from './stored.ts';
import type { Viewing } from './viewing.ts';

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
    const asked = path.kind === 'playlist' ? directives(c.req.url) : NOTHING_ASKED;
    if (typeof asked === 'string') return refuse(400, asked);
    const found = viewing.find(path, asked);
    if (found instanceof Promise) return found.then((later) => respond(c.req.raw, later, load));
    return respond(c.req.raw, found, load);
  };
}

/** Almost all URLs have no query. */
const directives = (url: string) =>
  url.includes('?') ? parseDirectives(new URL(url).searchParams) : NOTHING_ASKED;

function respond(request: Request, found: Found, load: Load): Response {
  switch (found.kind) {
    case 'stored':
      return send(request, found.stored, load);
    case 'growing':
      return stream(request, found.chunks, load);
    case 'refused':
      return refuse(400, found.problem);
    case 'announced':
    case 'absent':
      return refuse(404, found.kind === 'absent' ? found.problem : 'no such segment');
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

/** A segment that grows is sent in chunked transfer coding, one CMAF chunk at a time. */
function stream(request: Request, chunks: AsyncIterable<Stored>, load: Load): Response {
  const headers = { 'Content-Type': 'video/iso.segment', 'Cache-Control': 'no-store', ...CORS };
  if (request.method === 'HEAD') return new Response(null, { headers });
  const iterator = chunks[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) return controller.close();
      load.count(value.mediaSeconds, value.bytes.byteLength);
      controller.enqueue(value.bytes);
    },
    cancel: () => void iterator.return?.(),
  });
  return new Response(body, { headers });
}

function refuseFor(error: unknown): Response {
  if (error instanceof OriginUnreachable)
    return refuse(502, 'the origin does not answer', { 'Retry-After': '1' });
  return refuse(503, 'this edge is not connected to the cluster', { 'Retry-After': String(RETRY_SECONDS) });
}
