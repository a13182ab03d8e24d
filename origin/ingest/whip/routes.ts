import { randomBytes } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { hashKey, isKey } from '../../../runtime/keys.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Admit, Claim, Publishing, RefusalCode } from '../door.ts';
import { addressOf, bearerOf, STATUS } from '../http-claim.ts';
import { readFragment } from './fragment.ts';
import { type Offer, readOffer } from './offer.ts';
import type { IceServer, PeerOptions } from './peer.ts';
import { Session } from './session.ts';

export type WhipOptions = Omit<PeerOptions, 'isLocal'> & {
  readonly admit: Admit;
  readonly log: Log;
  readonly clock: Clock;
  /** Distance of key frames that publishers are asked for: the wished length of a segment. */
  readonly keyFrameMs: Milliseconds;
};

/** The WHIP door. */
export type Whip = {
  readonly routes: Hono;
  /** Ends all sessions. */
  readonly close: () => void;
};

/** Longest body: an offer with all codecs of a browser has 8 KiB. */
const BODY_MAX_BYTES = 64 * 1024;

/** Publishers at once: each has its own sockets, and 1 MiB at most in its buffers. */
const SESSIONS_MAX = 256;

const OFFER_TYPE = 'application/sdp';
const FRAGMENT_TYPE = 'application/trickle-ice-sdpfrag';

type Entry = { readonly session: Session; readonly keyHash: string; readonly etag: string };

/**
 * The WHIP endpoints (RFC 9725): `POST /whip/<id>` with a key as bearer token publishes a channel; `PATCH` and `DELETE`
 * of the session that it answers with add addresses and end it.
 */
export function openWhip(options: WhipOptions): Whip {
  const sessions = new Map<string, Entry>();
  const routes = new Hono();
  routes.use('/whip/*', async (c, next) => {
    await next();
    for (const [name, value] of CORS) c.res.headers.set(name, value);
  });
  routes.use('/whip/*', bodyLimit({ maxSize: BODY_MAX_BYTES, onError: (c) => c.text(TOO_LARGE, 413) }));
  routes.options('/whip/:id', (c) => preflight(c, 'OPTIONS, POST', { 'Accept-Post': OFFER_TYPE }));
  routes.options('/whip/:id/:session', (c) =>
    preflight(c, 'OPTIONS, PATCH, DELETE', { 'Accept-Patch': FRAGMENT_TYPE }),
  );
  routes.post('/whip/:id', (c) => publish(c, sessions, options));
  routes.patch('/whip/:id/:session', (c) => trickle(c, sessions));
  routes.delete('/whip/:id/:session', (c) => {
    const found = find(c, sessions);
    if (found.kind === 'refused') return found.response;
    found.entry.session.end('the publisher ended it');
    return c.body(null, 200);
  });
  routes.all('/whip/:id', (c) => c.text('POST an SDP offer here\n', 405, { Allow: 'OPTIONS, POST' }));
  routes.all('/whip/:id/:session', (c) => c.text(SESSION_METHODS, 405, { Allow: 'OPTIONS, PATCH, DELETE' }));
  const close = () => {
    for (const { session } of sessions.values()) session.end('the origin was stopped');
  };
  return { routes, close };
}

/** Pages of other origins may publish: a key, and no cookie, lets them (Fetch standard, CORS protocol). */
const CORS = [
  ['Access-Control-Allow-Origin', '*'],
  ['Access-Control-Expose-Headers', 'Location, ETag, Link, Accept-Patch'],
] as const;

const TOO_LARGE = `a body of more than ${BODY_MAX_BYTES / 1024} KiB is not taken\n`;
const SESSION_METHODS = 'a session takes PATCH, with more ICE candidates, and DELETE\n';

const preflight = (c: Context, methods: string, headers: Readonly<Record<string, string>>) =>
  c.body(null, 204, {
    ...headers,
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-Match',
    'Access-Control-Max-Age': '86400',
  });

/** What is wrong with a request before its body is read; null when nothing is. */
function refusal(c: Context, sessions: ReadonlyMap<string, Entry>): Response | null {
  if (bearerOf(c) === null) return unauthorized(c);
  if (typeOf(c) !== OFFER_TYPE)
    return c.text(`send the offer as ${OFFER_TYPE}\n`, 415, { 'Accept-Post': OFFER_TYPE });
  if (sessions.size < SESSIONS_MAX) return null;
  return c.text(`${SESSIONS_MAX} publish here already\n`, 503, { 'Retry-After': '10' });
}

/** The offer is read before the channel is asked, so that a bad one can't take a channel over. */
async function publish(c: Context, sessions: Map<string, Entry>, options: WhipOptions): Promise<Response> {
  const refused = refusal(c, sessions);
  if (refused !== null) return refused;
  const presentation = c.req.param('id') ?? '';
  const key = bearerOf(c) ?? '';
  const claim: Claim = { door: 'whip', presentation, key, address: addressOf(c.req.raw) };
  const read = readOffer(await c.req.text());
  if (read.kind === 'refused') return refuse(c, claim, options.log, 400, read.reason);
  const admission = options.admit(claim);
  if (admission.kind === 'refused')
    return refuse(c, claim, options.log, STATUS[admission.code], admission.reason);
  try {
    return await begin(c, claim, admission.publishing, read.offer, sessions, options);
  } catch (error) {
    admission.publishing.release();
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(c, claim, options.log, 400, `the offer can not be answered: ${reason}`);
  }
}

async function begin(
  c: Context,
  claim: Claim,
  publishing: Publishing,
  offer: Offer,
  sessions: Map<string, Entry>,
  options: WhipOptions,
): Promise<Response> {
  const id = randomBytes(16).toString('base64url');
  const { admit, clock, log, keyFrameMs } = options;
  const peer: PeerOptions = { ...options, isLocal: isLocal(c.req.url) };
  const onEnd = () => sessions.delete(id);
  const all = { claim, publishing, admit, offer, peer, keyFrameMs, clock, log, onEnd };
  const { session, answer } = await Session.open(all);
  const etag = `"${id}"`;
  if (!session.isOver) sessions.set(id, { session, keyHash: hashKey(claim.key), etag });
  const { presentation, address } = claim;
  log.info({ door: 'whip', presentation, address }, `whip: ${presentation} is published`);
  for (const server of options.iceServers) c.header('Link', linkOf(server), { append: true });
  return c.body(answer, 201, {
    'Content-Type': OFFER_TYPE,
    'Accept-Patch': FRAGMENT_TYPE,
    ETag: etag,
    Location: `/whip/${presentation}/${id}`,
  });
}

/** RFC 9725 §4.3.1: a session has one ETag, which names its ICE session; another ICE session is not begun here. */
async function trickle(c: Context, sessions: ReadonlyMap<string, Entry>): Promise<Response> {
  const found = find(c, sessions);
  if (found.kind === 'refused') return found.response;
  if (typeOf(c) !== FRAGMENT_TYPE)
    return c.text(`send candidates as ${FRAGMENT_TYPE}\n`, 415, { 'Accept-Patch': FRAGMENT_TYPE });
  const match = c.req.header('If-Match');
  if (match === undefined) return c.text('send If-Match with the ETag of the session\n', 428);
  if (match === '*') return c.text('ICE is not restarted here: publish anew\n', 422);
  if (match !== found.entry.etag) return c.text('If-Match names another ICE session\n', 412);
  const fragment = readFragment(await c.req.text());
  if (fragment === null) return c.text('the body is not an SDP fragment with candidates\n', 400);
  await found.entry.session.addCandidates(fragment);
  return c.body(null, 204);
}

type Found =
  | { readonly kind: 'found'; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly response: Response };

function find(c: Context, sessions: ReadonlyMap<string, Entry>): Found {
  const key = bearerOf(c);
  if (key === null) return { kind: 'refused', response: unauthorized(c) };
  const entry = sessions.get(c.req.param('session') ?? '');
  if (entry === undefined) return { kind: 'refused', response: c.text('no such session\n', 404) };
  if (!isKey(key, entry.keyHash))
    return { kind: 'refused', response: c.text('another key began this session\n', 403) };
  return { kind: 'found', entry };
}

const refuse = (
  c: Context,
  { presentation, address }: Claim,
  log: Log,
  status: 400 | (typeof STATUS)[RefusalCode],
  reason: string,
) => {
  log.warn({ door: 'whip', presentation, address, status }, `whip: ${presentation} refused: ${reason}`);
  return c.text(`${reason}\n`, status);
};

const unauthorized = (c: Context) =>
  c.text('send the key of the channel as `Authorization: Bearer <key>`\n', 401, {
    'WWW-Authenticate': 'Bearer',
  });

const typeOf = (c: Context) => (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase();

const isLocal = (url: string) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** RFC 9725 §4.6. */
const linkOf = ({ url, username, credential }: IceServer) => {
  const login =
    username === undefined
      ? ''
      : `; username="${username}"; credential="${credential ?? ''}"; credential-type="password"`;
  return `<${url}>; rel="ice-server"${login}`;
};
