import { OpenAPIHono } from '@hono/zod-openapi';
import type { Clock } from '../../runtime/clock.ts';
import type { Catalog } from '../../wire/catalog.ts';
import { bearer } from '../auth/bearer.ts';
import type { Registry } from '../registry.ts';
import { nodeRoutes } from './nodes.ts';
import { presentationRoutes } from './presentations.ts';

export type Api = {
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly adminToken: string;
};

/** `/api/v1`, described by itself at `/api/v1/openapi.json`. What is about the fleet asks for the admin token. */
export function api({ catalog, registry, clock, adminToken }: Api): OpenAPIHono {
  const app = new OpenAPIHono({
    defaultHook: (result, c) => {
      if (result.success) return;
      const issue = result.error.issues[0];
      const message = `${issue?.path.join('.') ?? 'request'}: ${issue?.message ?? 'not understood'}`;
      return c.json({ error: { code: 'bad-request', message } }, 400);
    },
  });
  app.use('/nodes', bearer(adminToken));
  presentationRoutes(app, catalog);
  nodeRoutes(app, registry, clock);
  app.openAPIRegistry.registerComponent('securitySchemes', 'adminToken', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Headwater', version: '1' },
    servers: [{ url: '/api/v1' }],
  });
  app.notFound((c) =>
    c.json({ error: { code: 'not-found', message: `no such resource: ${c.req.path}` } }, 404),
  );
  return app;
}
