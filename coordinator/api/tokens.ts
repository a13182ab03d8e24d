import { hostname } from 'node:os';
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Clock } from '../../runtime/clock.ts';
import { canonicalAddress } from '../../wire/address.ts';
import type { Catalog } from '../../wire/catalog.ts';
import { PresentationId } from '../../wire/ids.ts';
import type { OriginCard } from '../../wire/origin-card.ts';
import type { Presentation } from '../../wire/presentation.ts';
import {
  asCredentials,
  type Claims,
  print,
  TOKEN_LIFETIME_MAX_MS,
  TOKEN_SESSIONS_MAX,
  TokenId,
} from '../../wire/token.ts';
import { hostOf, type Viewpoint } from '../assignment/address.ts';
import type { Channels } from '../channels.ts';
import type { Tokens } from '../tokens.ts';

/** An evening. */
const USUAL_SECONDS = 4 * 3_600;

const Asked = z
  .object({
    /** Seconds from now. */
    expiresIn: z
      .int()
      .min(1)
      .max(TOKEN_LIFETIME_MAX_MS / 1000)
      .default(USUAL_SECONDS),
    /** The only IP address that it is good from, as the nodes see it. */
    address: z
      .string()
      .refine((text) => canonicalAddress(text) !== null, 'it must be an IP address')
      .optional(),
    /** How many may play with it at once. */
    sessions: z.int().min(1).max(TOKEN_SESSIONS_MAX).optional(),
    /** Whom it is for: a note, which is in the token for all to read. */
    subject: z.string().min(1).max(100).optional(),
  })
  .strict()
  .openapi('NewToken');

const Item = z
  .object({
    id: z.string(),
    token: z.string(),
    /** Milliseconds since 1970. */
    expiresAt: z.number(),
    urls: z.object({
      page: z.string(),
      hls: z.string().optional(),
      dash: z.string().optional(),
      /** Left out for a token that counts sessions, and while no RTSP door is open. */
      rtsp: z.string().optional(),
    }),
  })
  .openapi('Token');

const Problem = z.object({ error: z.object({ code: z.string(), message: z.string() }) }).openapi('Problem');

const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { 'application/json': { schema } },
});
const params = z.object({ id: PresentationId });
const security = [{ adminToken: [] }];
const failures = {
  400: json(Problem, 'Not understood'),
  401: json(Problem, 'No admin token'),
  404: json(Problem, 'No such presentation'),
  409: json(Problem, 'It can not be done here'),
};

const makeRoute = createRoute({
  method: 'post',
  path: '/presentations/{id}/tokens',
  summary: 'Makes a token to play a protected presentation with',
  security,
  request: { params, body: { required: true, content: { 'application/json': { schema: Asked } } } },
  responses: { 201: json(Item, 'It, which is not kept'), ...failures },
});

const revokeRoute = createRoute({
  method: 'delete',
  path: '/presentations/{id}/tokens/{token}',
  summary: 'Revokes a token by its id: it opens nothing any more, on any node',
  security,
  request: { params: params.extend({ token: TokenId }) },
  responses: { 204: { description: 'It is revoked' }, ...failures },
});

export type TokenRouting = {
  readonly catalog: Catalog;
  readonly channels: Channels;
  readonly tokens: Tokens;
  readonly clock: Clock;
};

export function tokenRoutes(app: OpenAPIHono, { catalog, channels, tokens, clock }: TokenRouting): void {
  app.openapi(makeRoute, (c) => {
    const { id } = c.req.valid('param');
    const presentation = catalog.get(id);
    if (presentation === null) return c.json(problem('not-found', `there is no presentation '${id}'`), 404);
    const { key } = tokens;
    if (key === null) return c.json(problem('no-keys', NO_KEYS), 409);
    const claims = claimsOf(id, c.req.valid('json'), tokens.newId(), clock.now());
    const token = print(claims, key);
    const { origin, hostname: name } = new URL(c.req.url);
    const from = { hostname: name, machine: hostname() };
    const urls = {
      page: `${origin}/?watch=${id}#token=${token}`,
      ...webUrls(presentation, `${origin}/play/${id}`, token),
      ...(claims.sessionsMax === null ? rtspUrl(presentation, token, channels.origin, from) : {}),
    };
    return c.json({ id: claims.id, token, expiresAt: claims.expiresAtMs, urls }, 201);
  });
  app.openapi(revokeRoute, async (c) => {
    const { token } = c.req.valid('param');
    return (await tokens.revoke(token)) ? c.body(null, 204) : c.json(problem('full', TOO_MANY), 409);
  });
}

const NO_KEYS =
  'this coordinator has no keys for tokens: set HEADWATER_TOKEN_KEYS, as at the edges and the origin';
const TOO_MANY = 'too many tokens are revoked: change the keys instead (HEADWATER_TOKEN_KEYS)';

function claimsOf(
  presentation: PresentationId,
  { expiresIn, address, sessions, subject }: z.infer<typeof Asked>,
  id: TokenId,
  nowMs: number,
): Claims {
  return {
    presentation,
    // Whole seconds, and never longer than was asked for.
    expiresAtMs: Math.floor(nowMs / 1000 + expiresIn) * 1000,
    id,
    address: address === undefined ? null : canonicalAddress(address),
    sessionsMax: sessions ?? null,
    session: null,
    subject: subject ?? null,
  };
}

const webUrls = ({ outputs }: Presentation, base: string, token: string) => ({
  ...(outputs.includes('hls') ? { hls: `${base}.m3u8?token=${token}` } : {}),
  ...(outputs.includes('dash') ? { dash: `${base}.mpd?token=${token}` } : {}),
});

/** With the token as name and password: players that know no other way know Basic or Digest. */
function rtspUrl({ id, outputs }: Presentation, token: string, card: OriginCard | null, from: Viewpoint) {
  if (card === null || card.ports.rtsp === null || !outputs.includes('rtp')) return {};
  const { user, password } = asCredentials(token);
  const host = card.publicHost ?? hostOf(card, from);
  return { rtsp: `rtsp://${user}:${password}@${host}:${card.ports.rtsp}/${id}` };
}

const problem = (code: string, message: string) => ({ error: { code, message } });
