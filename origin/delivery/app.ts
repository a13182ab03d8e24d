import { Hono } from 'hono';
import { healthRoutes } from '../../runtime/health.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import * as Paths from '../../wire/paths.ts';
import { keyOf, type Storage } from '../packaging/storage.ts';
import { type Guarding, guard } from './guard.ts';
import type { Posters } from './posters.ts';

export type Delivery = Guarding & {
  readonly storage: Storage;
  readonly posters: Posters;
  readonly locate: Locate;
  /** The description of what is sent to an address of a channel; null where nothing is. */
  readonly sdp: (path: Paths.SdpPath) => string | null;
  readonly metrics: Metrics;
  readonly isReady: () => boolean;
  /** Where publishers send media over HTTP, and viewers ask for it over WebRTC. */
  readonly doors: Hono;
};

const TYPES = { init: 'video/mp4', segment: 'video/iso.segment', chunk: 'video/iso.segment' } as const;

/** The place of a chunk in its segment, or null. */
export type Locate = (path: Paths.ChunkPath) => { readonly first: number; readonly size: number } | null;

/** What edges fetch from the origin: whole immutable objects, and posters. Viewers never come here. */
export function deliveryApp(delivery: Delivery): Hono {
  const { storage, posters, locate, sdp, metrics, isReady, doors } = delivery;
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
  app.route('/', healthRoutes(metrics, isReady));
  app.use('/v/*', guard(delivery));
  app.get('/v/*', async (c) => {
    const path = Paths.parse(c.req.path);
    if (path?.kind === 'poster') return posters.respond(path.presentation);
    if (path?.kind === 'sdp') return describe(sdp(path));
    if (path === null || !Paths.isImmutable(path)) return c.text(NO_MEDIA, 404);
    const bytes = await read(path, storage, locate);
    if (bytes === null) {
      counts.misses += 1;
      return c.text(NO_MEDIA, 404);
    }
    counts.segments += 1;
    counts.bytes += bytes.byteLength;
    return new Response(bytes, { headers: { 'Content-Type': TYPES[path.kind] } });
  });
  app.route('/', doors);
  app.notFound((c) =>
    c.text(
      'not found: the origin serves /v/…, /whip/…, /cmaf/…, /whep/…, /healthz, /readyz and /metrics\n',
      404,
    ),
  );
  return app;
}

function describe(sdp: string | null): Response {
  if (sdp === null) return new Response('nothing is sent by RTP to such an address\n', { status: 404 });
  return new Response(sdp, { headers: { 'Content-Type': 'application/sdp', 'Cache-Control': 'no-cache' } });
}

const NO_MEDIA = 'no such media\n';

/** A chunk is a part of its segment's file, also while that grows. */
async function read(path: Paths.ImmutablePath, storage: Storage, locate: Locate) {
  if (path.kind !== 'chunk') return storage.get(keyOf(path));
  const place = locate(path);
  const { index: _, ...segment } = path;
  return place && storage.getRange(keyOf({ ...segment, kind: 'segment' }), place.first, place.size);
}
