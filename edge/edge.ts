import { ensureStream, openBucket, openBus, watchBucket } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Values } from '../runtime/config.ts';
import { listen } from '../runtime/http.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { Context } from '../runtime/node.ts';
import { Catalog } from '../wire/catalog.ts';
import { NodeId, PresentationId } from '../wire/ids.ts';
import { PASS_HEADER, print as printPass } from '../wire/pull-pass.ts';
import { Revocations } from '../wire/revocations.ts';
import {
  ALL_TIMELINES,
  PRESENTATIONS_BUCKET,
  REVOCATIONS_BUCKET,
  TIMELINE_MESSAGES,
  TIMELINE_STREAM,
} from '../wire/subjects.ts';
import { TOKEN_LIFETIME_MAX_MS } from '../wire/token.ts';
import { TokenCheck } from '../wire/token-check.ts';
import { edgeApp } from './app.ts';
import { MediaCache } from './cache.ts';
import type { edgeSettings } from './config.ts';
import { Guard } from './guard.ts';
import { startLeasing } from './leasing.ts';
import { Load } from './load.ts';
import { OriginClient } from './origin-client.ts';
import { Posters } from './posters.ts';
import { Sessions } from './sessions.ts';
import { Viewing } from './viewing.ts';

/**
 * Starts an edge: first NATS and the catalog, without which every request would be a 404; then the port; and at
 * last the lease, which brings viewers. It closes in the reverse order, so that viewers go elsewhere first.
 */
export async function startEdge(
  settings: Values<typeof edgeSettings>,
  { log, lifecycle }: Context,
): Promise<void> {
  const clock = systemClock;
  const bus = await openBus({ ...settings, name: settings.id ?? 'edge', log });
  lifecycle.defer('NATS', bus.close);
  await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
  const catalog = new Catalog();
  const [key] = settings.tokenKeys;
  const origin = new OriginClient(settings.originUrl, (path) =>
    key === undefined ? {} : { [PASS_HEADER]: printPass(path, key, clock.now()) },
  );
  const cache = new MediaCache(settings.cacheMaxBytes, origin);
  const viewing = new Viewing({ bus, catalog, cache, clock, log });
  lifecycle.defer('timelines', () => viewing.close());
  const watch = await watchBucket(await openBucket(bus, PRESENTATIONS_BUCKET), (id, description) => {
    const known = PresentationId.safeParse(id).data;
    if (!catalog.update(id, description))
      log.warn({ presentation: id }, 'a description that can not be read');
    if (known !== undefined) viewing.described(known);
    if (known !== undefined && catalog.get(known)?.kind !== 'live') viewing.replicas.drop(known);
  });
  lifecycle.defer('catalog', watch.close);
  await watch.caughtUp;

  const revocations = new Revocations();
  const revoked = await openBucket(bus, REVOCATIONS_BUCKET, TOKEN_LIFETIME_MAX_MS);
  const revoking = await watchBucket(revoked, (id, value) => revocations.hear(id, value, clock.now()));
  lifecycle.defer('revocations', revoking.close);
  await revoking.caughtUp;
  const check = new TokenCheck(settings.tokenKeys, revocations);
  const guard = new Guard({ catalog, check, clock });
  const sessions = new Sessions(bus, clock);
  lifecycle.defer('sessions', async () => sessions.close());
  const load = new Load(clock);
  const metrics = edgeMetrics(cache, viewing, load, guard);
  const posters = new Posters(origin, catalog);
  const app = edgeApp({
    ...{ cache, viewing, posters, load, guard, sessions, metrics, clock },
    isReady: bus.isConnected,
  });
  const listener = await listen({
    port: settings.port,
    hostname: settings.host,
    portSetting: '--port or HEADWATER_EDGE_PORT',
    fetch: app.fetch,
  });
  lifecycle.defer('HTTP', listener.close);
  const { publicUrl, region, capacity } = settings;
  const edge = settings.id ?? NodeId.parse(`edge-${listener.port}`);
  const leasing = { edge, publicUrl, port: listener.port, region, capacity };
  lifecycle.defer('lease', startLeasing(leasing, bus, load, clock));
  log.info({ edge, port: listener.port }, `${edge} listens on port ${listener.port}`);
}

function edgeMetrics(cache: MediaCache, viewing: Viewing, load: Load, guard: Guard): Metrics {
  const { counts } = cache;
  const metrics = new Metrics();
  metrics.add('headwater_edge_responses_total', 'Whole answers sent', () => load.totalRequests);
  metrics.add('headwater_edge_bytes_total', 'Bytes of bodies sent', () => load.totalBytes);
  metrics.add('headwater_edge_refusals_total', 'Requests without a token that opens', () => guard.refusals);
  metrics.add('headwater_edge_viewers', 'Seconds of media sent a second', () => load.measure().viewers);
  metrics.add('headwater_edge_cache_hits_total', 'Media found in memory', () => counts.hits);
  metrics.add('headwater_edge_cache_misses_total', 'Media asked of the origin', () => counts.misses);
  metrics.add('headwater_edge_cache_absent_total', 'Media the origin did not have', () => counts.absent);
  metrics.add('headwater_edge_cache_failed_total', 'Times the origin did not answer', () => counts.failed);
  metrics.add('headwater_edge_cache_bytes', 'Media held in memory', () => cache.size);
  metrics.add('headwater_edge_replicas', 'Presentations followed', () => viewing.replicas.size);
  metrics.add(
    'headwater_edge_watched_tracks',
    'Live tracks whose chunks are taken as they come',
    () => viewing.watching.size,
  );
  metrics.add(
    'headwater_edge_waiting_requests',
    'Requests held until a track has grown',
    () => viewing.waiting.size,
  );
  return metrics;
}
