import { hostname } from 'node:os';
import { type Context, Hono } from 'hono';
import type { Clock } from '../runtime/clock.ts';
import type { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import * as Paths from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import { urlOf } from './assignment/address.ts';
import { assign } from './assignment/assign.ts';
import type { Registry } from './registry.ts';

export type Playing = {
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly counts: { redirects: number; refusals: number };
};

/** What was asked for: `<id>.m3u8`, `<id>.mpd`, `<id>`, or `<id>/poster.jpg`. */
type Request = { readonly id: string; readonly format: 'hls' | 'dash' | 'poster' };

/** When to ask again: an edge renews its lease once a second; packaging and an encoder's return take longer. */
const FLEET_RETRY_SECONDS = 2;
const STATE_RETRY_SECONDS = 5;

/** `GET /play/…`: one redirect to an edge for each session. */
export function playRoutes(playing: Playing): Hono {
  const app = new Hono();
  app.on(['GET', 'HEAD'], '/play/:name', (c) => play(c, parseName(c.req.param('name')), playing));
  app.on(['GET', 'HEAD'], '/play/:name/poster.jpg', (c) =>
    play(c, { id: c.req.param('name'), format: 'poster' }, playing),
  );
  return app;
}

function parseName(name: string): Request {
  if (name.endsWith('.m3u8')) return { id: name.slice(0, -'.m3u8'.length), format: 'hls' };
  if (name.endsWith('.mpd')) return { id: name.slice(0, -'.mpd'.length), format: 'dash' };
  // HLS is what every device that is known to us plays.
  return { id: name, format: 'hls' };
}

function play(c: Context, { id, format }: Request, playing: Playing): Response {
  const parsed = PresentationId.safeParse(id);
  const presentation = parsed.success ? playing.catalog.get(parsed.data) : null;
  if (presentation === null) return refuse(c, playing, 404, `there is no presentation '${id}'`);
  if (format === 'poster') {
    if (!presentation.poster) return refuse(c, playing, 404, `'${id}' has no poster`);
    return redirect(c, { kind: 'poster', presentation: presentation.id }, playing);
  }
  if (!isPlayable(presentation)) return notPlayable(c, presentation, playing);
  const output = format === 'dash' ? 'dash' : 'hls';
  if (!presentation.outputs.includes(output)) {
    return refuse(
      c,
      playing,
      404,
      `'${id}' has no ${output.toUpperCase()}: it has ${presentation.outputs.join(', ')}`,
    );
  }
  const inTs = c.req.query('container') === 'ts';
  const kind = format === 'dash' ? 'mpd' : inTs ? 'ts-multivariant' : 'multivariant';
  return redirect(c, { kind, presentation: presentation.id }, playing);
}

function notPlayable(c: Context, { id, state }: Presentation, playing: Playing): Response {
  switch (state.name) {
    case 'failed':
      return refuse(c, playing, 404, `'${id}' can't be played: ${state.reason}`);
    case 'offline':
      return refuse(c, playing, 503, `'${id}' is offline: ${state.reason}`, STATE_RETRY_SECONDS);
    case 'packaging': {
      const percent = Math.floor(state.progress * 100);
      return refuse(c, playing, 503, `'${id}' is being packaged: ${percent} %`, STATE_RETRY_SECONDS);
    }
    case 'ready':
    case 'live':
    case 'slate':
    case 'standby':
      return refuse(c, playing, 503, `'${id}' is about to start`, FLEET_RETRY_SECONDS);
  }
}

function redirect(c: Context, path: Paths.MediaPath, playing: Playing): Response {
  const { registry, clock, counts } = playing;
  const now = clock.now();
  const available = registry.available(now);
  const edge = assign(path.presentation, available);
  if (edge === null) {
    const problem = available.length === 0 ? 'no edge is alive' : 'all edges are full';
    return refuse(c, playing, 503, problem, FLEET_RETRY_SECONDS);
  }
  if (path.kind !== 'poster') registry.send(edge.lease.edge, now);
  counts.redirects += 1;
  const url = urlOf(edge.lease, { hostname: new URL(c.req.url).hostname, machine: hostname() });
  return c.body(null, 307, { Location: url + Paths.print(path), ...HEADERS });
}

/** Each session is assigned anew, so a redirect is never kept; any page may play. */
const HEADERS = { 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' } as const;

function refuse(
  c: Context,
  { counts }: Playing,
  status: 404 | 503,
  problem: string,
  retrySeconds?: number,
): Response {
  counts.refusals += 1;
  const retry = retrySeconds === undefined ? {} : { 'Retry-After': String(retrySeconds) };
  return c.text(`${problem}\n`, status, { ...HEADERS, ...retry });
}
