import { Hono } from 'hono';
import type { Metrics } from './metrics.ts';

/** What every node answers to those who watch over it: whether it lives, whether it can serve, its figures. */
export function healthRoutes(metrics: Metrics, isReady: () => boolean): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady() ? c.text('ready\n') : c.text('NATS is not connected\n', 503)));
  app.get('/metrics', () => metrics.respond());
  return app;
}
