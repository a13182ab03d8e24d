import { Hono } from 'hono';
import { LRUCache } from 'lru-cache';
import { NOTHING_ASKED, parseDirectives } from '../media/hls/directives.ts';
import type { Clock } from '../runtime/clock.ts';
import { healthRoutes } from '../runtime/health.ts';
import type { Fetch, Peer } from '../runtime/http.ts';
import type { Metrics } from '../runtime/metrics.ts';
import * as Paths from '../wire/paths.ts';
import { answer, refuse } from './answer.ts';
import type { MediaCache } from './cache.ts';
import { type Choose, codings } from './coding.ts';
import type { Found } from './found.ts';
import { behindToken, type Guard } from './guard.ts';
import type { Load } from './load.ts';
import { OriginUnreachable } from './origin-client.ts';
import type { Posters } from './posters.ts';
import type { Sessions } from './sessions.ts';
import { bytesOf, CORS, type Stored } from './stored.ts';
import type { Viewing } from './viewing.ts';

export type Doors = {
  readonly cache: MediaCache;
  readonly viewing: Viewing;
  readonly posters: Posters;
  readonly load: Load;
  readonly guard: Guard;
  readonly sessions: Pick<Sessions, 'touch'>;
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
  const media = guarded(mediaDoor(doors), doors);
  const app = otherDoors(doors);
  return {
    fetch(request, peer) {
      const { url, method } = request;
      const whole = pathOf(url);
      const behind = behindToken(whole);
      const path = behind === null ? whole : behind.path;
      return path.startsWith('/v/') && isRead(method)
        ? media(request, url, method, path, behind?.token ?? null, peer)
        : app.fetch(request);
    },
  };
}

type Door = (request: Request, url: string, method: string, path: string) => Response | Promise<Response>;

/** The only way to manifests and media. */
function guarded(door: Door, { guard, sessions }: Pick<Doors, 'guard' | 'sessions'>) {
  return (
    request: Request,
    url: string,
    method: string,
    path: string,
    token: string | null,
    peer: Peer,
  ): Response | Promise<Response> => {
    const access = guard.access(path, token, request, peer);
    switch (access.kind) {
      case 'open':
        return door(request, url, method, path);
      case 'unknown':
        return refuse(404, access.problem);
      case 'refused':
        return refuse(403, access.problem);
      case 'allowed': {
        sessions.touch(access.claims);
        const answered = door(request, url, method, path);
        return answered instanceof Promise ? answered.then(forOne) : forOne(answered);
      }
    }
  };
}

/** "A shared cache MUST NOT store the response" (RFC 9111 §5.2.2.7): it would answer when the token does not any more. */
function forOne(answered: Response): Response {
  const { headers } = answered;
  const control = headers.get('Cache-Control') ?? '';
  if (control.startsWith(PUBLIC)) headers.set('Cache-Control', `private${control.slice(PUBLIC.length)}`);
  return answered;
}

const PUBLIC = 'public';

const isMedia = (path: string) => path.endsWith('.m4s') || path.endsWith('.mp4') || path.endsWith('.ts');

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

/** The path of an absolute URL as it was sent; of its query, only what names other playlists. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3);
  const end = url.indexOf('?', start);
  if (end < 0) return url.slice(start);
  const path = url.slice(start, end);
  const container = path.endsWith('.m3u8') ? new URLSearchParams(url.slice(end)).get('container') : null;
  return container === 'ts' ? path + Paths.TS_QUERY : path;
}

function otherDoors({ metrics, clock, isReady }: Doors): Hono {
  const app = new Hono();
  for (const path of ['/v/*', '/t/:token/v/*'])
    app.options(path, () => new Response(null, { status: 204, headers: PREFLIGHT }));
  // Manifests name it relative to themselves, and so behind a token too.
  for (const path of ['/time', '/t/:token/time'])
    app.get(path, (c) => c.text(new Date(clock.now()).toISOString(), 200, TIME_HEADERS));
  app.route('/', healthRoutes(metrics, isReady));
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
  const out: Out = { load, choose: codings() };
  const peek = (url: string, pathname: string) => {
    if (isMedia(pathname)) return cache.peek(pathname);
    return url.endsWith(pathname) ? viewing.peek(pathname) : null;
  };
  return (request: Request, url: string, method: string, pathname: string): Response | Promise<Response> => {
    const stored = peek(url, pathname);
    if (stored !== null) return send(request, method, stored, out, 'whole');
    const path = read(pathname);
    if (path === null) return refuse(404, `no such path: ${pathname}`);
    if (path.kind === 'poster') {
      return posters.find(path.presentation).then((stored) => {
        return stored === null ? refuse(404, 'no poster') : send(request, method, stored, out, 'late');
      }, refuseFor);
    }
    const asked = path.kind === 'playlist' || path.kind === 'i-frames' ? directives(url) : NOTHING_ASKED;
    if (typeof asked === 'string') return refuse(400, asked);
    const found = viewing.find(path, asked);
    if (found instanceof Promise)
      return found.then((later) => respond(request, method, later, out, 'late'), refuseFor);
    return respond(request, method, found, out, 'whole');
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

/** Almost all URLs have no query. */
const directives = (url: string) =>
  url.includes('?') ? parseDirectives(new URL(url).searchParams) : NOTHING_ASKED;

/** What every answer goes through. */
type Out = { readonly load: Load; readonly choose: Choose };

function respond(request: Request, method: string, found: Found, out: Out, when: When): Response {
  switch (found.kind) {
    case 'stored':
      return send(request, method, found.stored, out, when);
    case 'growing':
      return stream(request, found.chunks, out);
    case 'refused':
      return refuse(400, found.problem);
    case 'absent':
      return refuse(404, found.problem);
    case 'too-early':
      return refuse(503, found.problem, { 'Retry-After': String(RETRY_SECONDS) });
  }
}

/** Whether an answer is given in the turn of its request, or after a wait. */
type When = 'whole' | 'late';

function send(request: Request, method: string, found: Stored, { load, choose }: Out, when: When): Response {
  const stored = choose(request, found);
  const other = answer(request, method, stored);
  if (other !== null) return other;
  load.count(stored.mediaSeconds, stored.size);
  return stored[when]();
}

/** A segment that grows is sent in chunked transfer coding, one CMAF chunk at a time. */
function stream(request: Request, chunks: AsyncIterable<Stored>, { load }: Out): Response {
  const headers = { 'Content-Type': 'video/iso.segment', 'Cache-Control': 'no-store', ...CORS };
  if (request.method === 'HEAD') return new Response(null, { headers });
  const iterator = chunks[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) return controller.close();
      load.count(value.mediaSeconds, value.size);
      controller.enqueue(await bytesOf(value));
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
