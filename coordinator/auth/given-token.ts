import type { Context } from 'hono';

/** The token of a request: `?token=`, a bearer token (RFC 6750 §2.1), or a name and password (RFC 7617); else null. */
export function givenToken(c: Context): string | null {
  const { token } = c.req.query();
  if (token !== undefined) return token;
  const header = c.req.header('Authorization') ?? '';
  const bearer = /^Bearer +(\S+)$/i.exec(header)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic +([\w+/=-]+)$/i.exec(header)?.[1];
  return basic === undefined
    ? null
    : Buffer.from(basic, 'base64')
        .toString('utf8')
        .replace(/:(?=[^:]*$)/, '.');
}
