import type { Context } from 'hono';
import type { RefusalCode } from './door.ts';

/** What a publisher over HTTP is answered with for each reason to refuse it. */
export const STATUS = {
  'unknown-channel': 404,
  'wrong-key': 403,
  taken: 409,
  stopped: 409,
  'not-published-to': 409,
} as const satisfies Record<RefusalCode, number>;

/** The key that a publisher sent as a bearer token (RFC 6750 §2.1); null when it sent none. */
export const bearerOf = (c: Context): string | null =>
  /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1] ?? null;

/** Where a publisher says that it is, for the log alone: a proxy writes this, and anybody else may. */
export const addressOf = (request: Request): string => request.headers.get('X-Forwarded-For') ?? 'over HTTP';
