import { hostname } from 'node:os';
import { type Context, Hono } from 'hono';
import type { Clock } from '../runtime/clock.ts';
import type { Peer } from '../runtime/http.ts';
import type { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import * as Paths from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import { explain } from '../wire/token-check.ts';
import { urlOf } from './assignment/address.ts';
import { assign } from './assignment/assign.ts';
import { givenToken } from './auth/given-token.ts';
import type { Registry } from './registry.ts';
import type { Tokens } from './tokens.ts';

type Env = { readonly Bindings: Peer };

export type Playing = {
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly tokens: Pick<Tokens, 'check' | 'begin'>;
  readonly clock: Clock;
  readonly counts: { redirects: number; refusals: number };
};

/** What was asked for: `<id>.m3u8`, `<id>.mpd`, `<id>`, or `<id>/poster.jpg`. */
type Request = { readonly id: string; readonly format: 'hls' | 'dash' | 'poster' };

/** When to ask again: an edge renews its lease once a second; packaging and an encoder's return take longer. */
const FLEET_RETRY_SECONDS = 2;
const STATE_RETRY_SECONDS = 5;

/** `GET /play/…`: one redirect to an edge for each session. */
export function playRoutes(playing: Playing): Hono<Env> {
  const app = new Hono<Env>();
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

function play(c: Context<Env>, { id, format }: Request, playing: Playing): Response {
  const parsed = PresentationId.safeParse(id);
  const presentation = parsed.success ? playing.catalog.get(parsed.data) : null;
  if (presentation === null) return refuse(c, playing, 404, `there is no presentation '${id}'`);
  if (format === 'poster') {
    if (!presentation.poster) return refuse(c, playing, 404, `'${id}' has no poster`);
    return redirect(c, { kind: 'poster', presentation: presentation.id }, presentation, playing);
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
  return redirect(c, { kind, presentation: presentation.id }, presentation, playing);
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

/** Where an edge has it: behind a token, when it is protected. */
type Way =
  | { readonly kind: 'way'; readonly prefix: string }
  | { readonly kind: 'refused'; readonly problem: string };

const OPEN: Way = { kind: 'way', prefix: '' };

function wayTo(
  c: Context<Env>,
  { kind, presentation: id }: Paths.MediaPath,
  { tokens, clock }: Playing,
): Way {
  const token = givenToken(c);
  const address = () => c.env.addressOf(c.req.raw);
  const use = { presentation: id, address, nowMs: clock.now() };
  const verdict = kind === 'poster' ? tokens.check.look(token, use) : tokens.check.countable(token, use);
  if (verdict.kind === 'refused') {
    const hint = verdict.refusal === 'missing' ? ', as ?token=<token>' : '';
    return { kind: 'refused', problem: explain(verdict.refusal, id) + hint };
  }
  const { claims } = verdict;
  const own = kind === 'poster' ? token : tokens.begin(token ?? '', claims);
  if (own !== null) return { kind: 'way', prefix: Paths.TOKEN_PREFIX + own };
  return {
    kind: 'refused',
    problem: `as many play with this token as it is good for: ${claims.sessionsMax}`,
  };
}

function redirect(
  c: Context<Env>,
  path: Paths.MediaPath,
  { protection }: Presentation,
  playing: Playing,
): Response {
  const { registry, clock, counts } = playing;
  const way = protection === 'none' ? OPEN : wayTo(c, path, playing);
  if (way.kind === 'refused') return refuse(c, playing, 403, way.problem);
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
  return c.body(null, 307, { Location: url + way.prefix + Paths.print(path), ...HEADERS });
}

/** Each session is assigned anew, so a redirect is never kept; any page may play. */
const HEADERS = { 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' } as const;

function refuse(
  c: Context,
  { counts }: Playing,
  status: 403 | 404 | 503,
  problem: string,
  retrySeconds?: number,
): Response {
  counts.refusals += 1;
  const retry = retrySeconds === undefined ? {} : { 'Retry-After': String(retrySeconds) };
  return c.text(`${problem}\n`, status, { ...HEADERS, ...retry });
}
