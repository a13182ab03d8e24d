import { OpenAPIHono } from '@hono/zod-openapi';
import { HTTPException } from 'hono/http-exception';
import type { Clock } from '../../runtime/clock.ts';
import type { Catalog } from '../../wire/catalog.ts';
import { bearer } from '../auth/bearer.ts';
import type { Channels } from '../channels.ts';
import type { Registry } from '../registry.ts';
import type { Tokens } from '../tokens.ts';
import { channelRoutes } from './channels.ts';
import { nodeRoutes } from './nodes.ts';
import { presentationRoutes } from './presentations.ts';
import { tokenRoutes } from './tokens.ts';

export type Api = {
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly channels: Channels;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly adminToken: string;
};

const CLOSED = [
  '/nodes',
  '/channels',
  '/channels/*',
  '/presentations/:id/tokens',
  '/presentations/:id/tokens/*',
];

/** `/api/v1`, described by itself at `/api/v1/openapi.json`. What is about the fleet asks for the admin token. */
export function api({ catalog, registry, channels, tokens, clock, adminToken }: Api): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const message = `${issue?.path.join('.') ?? 'request'}: ${issue?.message ?? 'not understood'}`;
      return c.json({ error: { code: 'bad-request', message } }, 400);
    },
  });
  for (const path of CLOSED) app.use(path, bearer(adminToken));
  presentationRoutes(app, catalog);
  channelRoutes(app, channels, catalog);
  tokenRoutes(app, { catalog, channels, tokens, clock });
  nodeRoutes(app, registry, clock);
  app.openAPIRegistry.registerComponent('securitySchemes', 'adminToken', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Headwater', version: '1' },
    servers: [{ url: '/api/v1' }],
  });
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      return c.json({ error: { code: 'bad-request', message: error.message } }, error.status);
    }
    return c.json({ error: { code: 'failed', message: `it could not be done: ${error.message}` } }, 500);
  });
  app.notFound((c) =>
    c.json({ error: { code: 'not-found', message: `no such resource: ${c.req.path}` } }, 404),
  );
  return app;
}
