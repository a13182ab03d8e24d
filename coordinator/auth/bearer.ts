import type { MiddlewareHandler } from 'hono';
import { hashKey, isKey } from '../../runtime/keys.ts';

/** Lets only requests through that bear the token (RFC 6750 §2.1). Compares in constant time. */
export function bearer(token: string): MiddlewareHandler {
  const expected = hashKey(token);
  return async (c, next) => {
    const given = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    if (given !== undefined && isKey(given, expected)) return next();
    const message =
      given === undefined ? 'send `Authorization: Bearer <admin token>`' : 'this is not the admin token';
    return c.json({ error: { code: 'unauthorized', message } }, 401, { 'WWW-Authenticate': 'Bearer' });
  };
}
