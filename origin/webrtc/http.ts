import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Fragment, readFragment } from './fragment.ts';
import type { IceServer } from './network.ts';

const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

/** Longest body: an offer with all codecs of a browser has 8 KiB. */
const BODY_MAX_BYTES = 64 * 1024;

/** Pages of other origins may come: a key or a token, and no cookie, lets them (Fetch standard, CORS protocol). */
const CORS = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'Location, ETag, Link, Accept-Patch, Retry-After'],
] as const;

const TOO_LARGE = `a body of more than ${BODY_MAX_BYTES / 1024} KiB is not taken\n`;
const SESSION_METHODS = 'a session takes PATCH, with more ICE candidates, and DELETE\n';

/** What a session can be asked for, once it is there. */
export type Session = {
  readonly addCandidates: (fragment: Fragment) => Promise<void>;
  readonly end: (reason: string) => void;
};

/** A session that was found, or what its asker is told instead. */
export type Found =
  | { readonly kind: 'found'; readonly session: Session }
  | { readonly kind: 'refused'; readonly response: Response };

export type Endpoint = {
  /** `/whip` or `/whep`. */
  readonly base: string;
  readonly post: (c: Context) => Promise<Response>;
  readonly find: (c: Context) => Found;
  /** Why a session ends that is deleted, for the log. */
  readonly deleted: string;
};

/**
 * The routes of an endpoint that answers offers (RFC 9725 §4.1, draft-ietf-wish-whep-03 §4.1): `POST <base>/<id>` opens
 * a session, whose `PATCH` adds candidates and whose `DELETE` ends it.
 */
export function endpoint({ base, post, find, deleted }: Endpoint): Hono {
  const routes = new Hono();
  routes.use(`${base}/*`, async (c, next) => {
    await next();
    for (const [name, value] of CORS) c.res.headers.set(name, value);
  });
  routes.use(`${base}/*`, bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => c.text(TOO_LARGE, 413) }));
  routes.options(`${base}/:id`, (c) => preflight(c, 'OPTIONS, POST', { 'Accept-Post': OFFER_TYPE }));
  routes.options(`${base}/:id/:session`, (c) =>
    preflight(c, 'OPTIONS, PATCH, DELETE', { 'Accept-Patch': FRAGMENT_TYPE }),
  );
  routes.post(`${base}/:id`, post);
  routes.patch(`${base}/:id/:session`, (c) => trickle(c, find(c)));
  routes.delete(`${base}/:id/:session`, (c) => {
    const found = find(c);
    if (found.kind === 'refused') return found.response;
    found.session.end(deleted);
    return c.body(null, 200);
  });
  // §4.1 of both: what has no representation is got as nothing.
  routes.get(`${base}/:id`, (c) => c.body(null, 204));
  routes.get(`${base}/:id/:session`, (c) => c.body(null, 204));
  routes.all(`${base}/:id`, (c) => c.text('POST an SDP offer here\n', 405, { Allow: 'OPTIONS, GET, POST' }));
  routes.all(`${base}/:id/:session`, (c) =>
    c.text(SESSION_METHODS, 405, { Allow: 'OPTIONS, GET, PATCH, DELETE' }),
  );
  return routes;
}

/** The answer to an offer that opens a session, which is found at `path` from then on. */
export function created(
  c: Context,
  answer: string,
  { path, id, iceServers }: { path: string; id: string; iceServers: readonly IceServer[] },
): Response {
  for (const server of iceServers) c.header('Link', linkOf(server), { append: true });
  return c.body(answer, 201, {
    'Content-Type': OFFER_TYPE,
    'Accept-Patch': FRAGMENT_TYPE,
    ETag: etagOf(id),
    Location: path,
  });
}

const preflight = (c: Context, methods: string, headers: Readonly<Record<string, string>>) =>
  c.body(null, 204, {
    ...headers,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match',
    'Access-Control-Max-Age': '86400',
  });

/**
 * RFC 9725 §4.3.1, draft-ietf-wish-whep-03 §4.4.1: a session has one ETag, which names its ICE session; another ICE
 * session is not begun here.
 */
async function trickle(c: Context, found: Found): Promise<Response> {
  if (found.kind === 'refused') return found.response;
  if (typeOf(c) !== FRAGMENT_TYPE)
    return c.text(`send candidates as ${FRAGMENT_TYPE}\n`, 415, { 'Accept-Patch': FRAGMENT_TYPE });
  const match = c.req.header('If-Match');
  if (match === undefined) return c.text('send If-Match with the ETag of the session\n', 428);
  if (match === '*') return c.text('ICE is not restarted here: POST anew\n', 422);
  if (match !== etagOf(c.req.param('session') ?? ''))
    return c.text('If-Match names another ICE session\n', 412);
  const fragment = readFragment(await c.req.text());
  if (fragment === null) return c.text('the body is not an SDP fragment with candidates\n', 400);
  await found.session.addCandidates(fragment);
  return c.body(null, 204);
}

export const notAnOffer = (c: Context): Response =>
  c.text(`send the offer as ${OFFER_TYPE}\n`, 415, { 'Accept-Post': OFFER_TYPE });

export const isOffer = (c: Context): boolean => typeOf(c) === OFFER_TYPE;

/** A session has one ICE session as long as it lives, which is named after it. */
const etagOf = (id: string) => `"${id}"`;

const typeOf = (c: Context) => (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();

/** Whether who asks reached us by an address that only this machine has. */
export const isLocal = (url: string) =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** RFC 9725 §4.6. */
const linkOf = ({ url, username, credential }: IceServer) => {
  const login =
    username === undefined
      ? ''
      : `; username="${username}"; credential="${credential ?? ''}"; credential-type="password"`;
  return `<${url}>; rel="ice-server"${login}`;
};
