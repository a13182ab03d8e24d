import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Lets only requests through that bear the token (RFC 6750 §2.1). Compares in constant time. */
export function bearer(token: string): MiddlewareHandler {
  const expected = digest(token);
  return async (c, next) => {
    const given = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return next();
    const message =
      given === undefined ? 'send `Authorization: Bearer <admin token>`' : 'this is not the admin token';
    return c.json({ error: { code: 'unauthorized', message } }, 401, { 'WWW-Authenticate': 'Bearer' });
  };
}
