import { hostname } from 'node:os';
import { type Context, Hono } from 'hono';
import type { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import type { OriginCard } from '../wire/origin-card.ts';
import { originUrl } from './assignment/address.ts';

export type WhepPlaying = {
  readonly catalog: Catalog;
  /** Where the origin is; null before there was one. */
  readonly origin: () => OriginCard | null;
  readonly counts: { redirects: number; refusals: number };
};

const RETRY_SECONDS = 5;

/**
 * `POST /play/<id>.whep`: the WHEP endpoint of a channel (draft-ietf-wish-whep-03 §4.2), which is at the origin: a 307,
 * after which the offer is sent there. The origin checks tokens, and knows whether the channel is on air.
 */
export function whepRoutes(playing: WhepPlaying): Hono {
  const app = new Hono();
  app.post('/play/:name{.+\\.whep}', (c) => redirect(c, playing));
  app.options('/play/:name{.+\\.whep}', (c) => c.body(null, 204, PREFLIGHT));
  app.on(['GET', 'HEAD'], '/play/:name{.+\\.whep}', (c) => c.body(null, 204, HEADERS));
  return app;
}

/** Any page may play; the redirect is never kept, as the origin may move. */
const HEADERS = { 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*' } as const;

const PREFLIGHT = {
  ...HEADERS,
  'Accept-Post': 'application/sdp',
  'Access-Control-Allow-Methods': 'OPTIONS, GET, POST',
  'Access-Control-Allow-Headers': 'Authorization, Content-Type',
  'Access-Control-Max-Age': '86400',
} as const;

function redirect(c: Context, { catalog, origin, counts }: WhepPlaying): Response {
  const name = c.req.param('name') ?? '';
  const id = PresentationId.safeParse(name.slice(0, -'.whep'.length));
  const presentation = id.success ? catalog.get(id.data) : null;
  const refuse = (status: 404 | 503, problem: string, headers: Readonly<Record<string, string>> = {}) => {
    counts.refusals += 1;
    return c.text(`${problem}\n`, status, { ...HEADERS, ...headers });
  };
  if (presentation === null) return refuse(404, `there is no presentation '${name.slice(0, -5)}'`);
  if (presentation.kind !== 'live')
    return refuse(404, `'${presentation.id}' is not live: play it over HLS or DASH`);
  if (!presentation.outputs.includes('rtp'))
    return refuse(404, `'${presentation.id}' has no RTP: it has ${presentation.outputs.join(', ')}`);
  const card = origin();
  if (card === null) return refuse(503, 'no origin is running', { 'Retry-After': String(RETRY_SECONDS) });
  counts.redirects += 1;
  const { hostname: host, search } = new URL(c.req.url);
  const base = originUrl(card, { hostname: host, machine: hostname() });
  return c.body(null, 307, { Location: `${base}/whep/${presentation.id}${search}`, ...HEADERS });
}
