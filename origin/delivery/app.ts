import { Hono } from 'hono';
import type { Metrics } from '../../runtime/metrics.ts';
import * as Paths from '../../wire/paths.ts';
import { keyOf, type Storage } from '../packaging/storage.ts';
import type { Posters } from './posters.ts';

export type Delivery = {
  readonly storage: Storage;
  readonly posters: Posters;
  readonly metrics: Metrics;
  readonly isReady: () => boolean;
};

const TYPES = { init: 'video/mp4', segment: 'video/iso.segment' } as const;

/** What edges fetch from the origin: whole immutable objects, and posters. Viewers never come here. */
export function deliveryApp({ storage, posters, metrics, isReady }: Delivery): Hono {
  const counts = { segments: 0, bytes: 0, misses: 0 };
  metrics.add(
    'headwater_origin_media_requests_total',
    'Segments and init segments sent',
    () => counts.segments,
  );
  metrics.add('headwater_origin_media_bytes_total', 'Bytes of media sent', () => counts.bytes);
  metrics.add(
    'headwater_origin_media_misses_total',
    'Requests for media that does not exist',
    () => counts.misses,
  );

  const app = new Hono();
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => (isReady() ? c.text('ready\n') : c.text('NATS is not connected\n', 503)));
  app.get('/metrics', () => metrics.respond());
  app.get('/v/*', async (c) => {
    const path = Paths.parse(c.req.path);
    if (path?.kind === 'poster') return posters.respond(path.presentation);
    if (path?.kind !== 'init' && path?.kind !== 'segment') return c.text('no such media\n', 404);
    const bytes = await storage.get(keyOf(path));
    if (bytes === null) {
      counts.misses += 1;
      return c.text('no such media\n', 404);
    }
    counts.segments += 1;
    counts.bytes += bytes.byteLength;
    return new Response(bytes, { headers: { 'Content-Type': TYPES[path.kind] } });
  });
  app.notFound((c) => c.text('not found: the origin serves /v/…, /healthz, /readyz and /metrics\n', 404));
  return app;
}
