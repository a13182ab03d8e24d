import { randomBytes } from 'node:crypto';
import type { Context, Hono } from 'hono';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { hashKey, isKey } from '../../../runtime/keys.ts';
import type { Log } from '../../../runtime/log.ts';
import { NoAddress } from '../../webrtc/connection.ts';
import { created, endpoint, type Found, isLocal, isOffer, notAnOffer } from '../../webrtc/http.ts';
import type { Admit, Claim, Publishing, RefusalCode } from '../door.ts';
import { addressOf, bearerOf, STATUS } from '../http-claim.ts';
import { type Offer, readOffer } from './offer.ts';
import type { PeerOptions } from './peer.ts';
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

/** Most that a browser is asked to send: 720p30 of a camera looks good at this, and 1080p well. */
export const BITS_PER_SECOND_MAX = 4_000_000;

/** Publishers at once: each has its own sockets, and 1 MiB at most in its buffers. */
const SESSIONS_MAX = 256;

type Entry = { readonly session: Session; readonly keyHash: string };

/**
 * The WHIP endpoints (RFC 9725): `POST /whip/<id>` with a key as bearer token publishes a channel; `PATCH` and `DELETE`
 * of the session that it answers with add addresses and end it.
 */
export function openWhip(options: WhipOptions): Whip {
  const sessions = new Map<string, Entry>();
  const routes = endpoint({
    base: '/whip',
    post: (c) => publish(c, sessions, options),
    find: (c) => find(c, sessions),
    deleted: 'the publisher ended it',
  });
  const close = () => {
    for (const { session } of sessions.values()) session.end('the origin was stopped');
  };
  return { routes, close };
}

/** What is wrong with a request before its body is read; null when nothing is. */
function refusal(c: Context, sessions: ReadonlyMap<string, Entry>): Response | null {
  if (bearerOf(c) === null) return unauthorized(c);
  if (!isOffer(c)) return notAnOffer(c);
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
    if (error instanceof NoAddress) return refuse(c, claim, options.log, 503, reason);
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
  if (!session.isOver) sessions.set(id, { session, keyHash: hashKey(claim.key) });
  const { presentation, address } = claim;
  log.info({ door: 'whip', presentation, address }, `whip: ${presentation} is published`);
  return created(c, answer, { path: `/whip/${presentation}/${id}`, id, iceServers: options.iceServers });
}

function find(c: Context, sessions: ReadonlyMap<string, Entry>): Found {
  const key = bearerOf(c);
  if (key === null) return { kind: 'refused', response: unauthorized(c) };
  const entry = sessions.get(c.req.param('session') ?? '');
  if (entry === undefined) return { kind: 'refused', response: c.text('no such session\n', 404) };
  if (!isKey(key, entry.keyHash))
    return { kind: 'refused', response: c.text('another key began this session\n', 403) };
  return { kind: 'found', session: entry.session };
}

const refuse = (
  c: Context,
  { presentation, address }: Claim,
  log: Log,
  status: 400 | 503 | (typeof STATUS)[RefusalCode],
  reason: string,
) => {
  log.warn({ door: 'whip', presentation, address, status }, `whip: ${presentation} refused: ${reason}`);
  return c.text(`${reason}\n`, status);
};

const unauthorized = (c: Context) =>
  c.text('send the key of the channel as `Authorization: Bearer <key>`\n', 401, {
    'WWW-Authenticate': 'Bearer',
  });
