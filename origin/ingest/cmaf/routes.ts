import { type Context, Hono } from 'hono';
import { hashKey, isKey } from '../../../runtime/keys.ts';
import type { Log } from '../../../runtime/log.ts';
import type { Admit } from '../door.ts';
import { addressOf, bearerOf, STATUS } from '../http-claim.ts';
import { Session } from './session.ts';

export type CmafDoor = { readonly admit: Admit; readonly log: Log };

type Held = { readonly session: Session; readonly keyHash: string };

/**
 * CMAF over HTTP (DASH-IF Live Media Ingest Protocol v1.2 §6, interface 1): `POST` or `PUT` of fragmented MP4 to
 * `/cmaf/<id>/<name>`, one request that lasts as long as the stream, or one for each fragment. Tracks come together in
 * one stream or each in its own.
 */
export function cmafRoutes({ admit, log }: CmafDoor): Hono {
  const held = new Map<string, Held>();
  const app = new Hono();
  app.on(['POST', 'PUT'], '/cmaf/:id/:name{.+}', async (c) => {
    const { id, name } = c.req.param();
    const key = keyOf(c);
    if (key === null) {
      return c.text('send the key as `Authorization: Bearer <key>`\n', 401, { 'WWW-Authenticate': 'Bearer' });
    }
    const known = held.get(id);
    if (known !== undefined && !known.session.isOver && isKey(key, known.keyHash))
      return take(c, known.session, name);
    const claim = { door: 'cmaf', presentation: id, key, address: addressOf(c.req.raw) } as const;
    const admission = admit(claim);
    if (admission.kind === 'refused') {
      log.warn({ presentation: id, door: 'cmaf' }, `a publisher was refused: ${admission.reason}`);
      return c.text(`${admission.reason}\n`, STATUS[admission.code]);
    }
    const { publishing } = admission;
    if (c.req.header('Content-Length') === '0') {
      publishing.release();
      return c.body(null, 200);
    }
    log.info({ presentation: id, door: 'cmaf' }, `${id}: publishing begins over HTTP`);
    const session = new Session(publishing, () => {
      if (held.get(id)?.session === session) held.delete(id);
      log.info({ presentation: id, door: 'cmaf' }, `${id}: publishing over HTTP ended`);
    });
    held.set(id, { session, keyHash: hashKey(key) });
    return take(c, session, name);
  });
  return app;
}

async function take(c: Context, session: Session, name: string): Promise<Response> {
  const { body } = c.req.raw;
  if (body === null) return c.body(null, 200);
  const taken = await session.take(name, body);
  return taken.kind === 'taken' ? c.body(null, 200) : c.text(`${taken.reason}\n`, 400);
}

/** As a bearer token, as the password of Basic credentials (RFC 7617), or in the query. */
function keyOf(c: Context): string | null {
  const basic = /^Basic (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  if (basic === undefined) return bearerOf(c) ?? c.req.query('key') ?? null;
  return Buffer.from(basic, 'base64').toString().split(':').slice(1).join(':');
}
