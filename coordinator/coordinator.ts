import { Hono } from 'hono';
import { type Bus, openBucket, openBus, watchBucket } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import type { Values } from '../runtime/config.ts';
import { healthRoutes } from '../runtime/health.ts';
import { listen, type Peer } from '../runtime/http.ts';
import type { Log } from '../runtime/log.ts';
import { Metrics } from '../runtime/metrics.ts';
import type { Context } from '../runtime/node.ts';
import { openSecrets } from '../runtime/secrets.ts';
import { Catalog } from '../wire/catalog.ts';
import { ALL_LEASES, PRESENTATIONS_BUCKET, ROLL_CALL } from '../wire/subjects.ts';
import { keyOf, type TokenKeys } from '../wire/token-keys.ts';
import { api } from './api/api.ts';
import { Channels } from './channels.ts';
import type { coordinatorSettings } from './config.ts';
import { goLiveSite } from './go-live/site.ts';
import { whipUrls } from './go-live/whip-urls.ts';
import { playRoutes } from './play.ts';
import { whepRoutes } from './play-whep.ts';
import { portalSite } from './portal/site.ts';
import { Registry } from './registry.ts';
import { Tokens } from './tokens.ts';
import { viewerSite } from './viewer/site.ts';

type Settings = Values<typeof coordinatorSettings>;

/**
 * Starts the coordinator: first NATS and what it knows (presentations, then edges, who answer the roll call), and
 * the port only then, so that no viewer is turned away by a coordinator that has not yet looked around.
 */
export async function startCoordinator(settings: Settings, { log, lifecycle }: Context): Promise<void> {
  const clock = systemClock;
  const { adminToken, keys } = await secretsOf(settings, log);
  const bus = await openBus({ ...settings, name: 'coordinator', log });
  lifecycle.defer('NATS', bus.close);
  const catalog = new Catalog();
  const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
  const watch = await watchBucket(bucket, (id, description) => {
    if (!catalog.update(id, description))
      log.warn({ presentation: id }, 'a description that can not be read');
  });
  lifecycle.defer('catalog', watch.close);
  await watch.caughtUp;
  const channels = await Channels.open(bus);
  lifecycle.defer('channels', () => channels.close());
  const tokens = await Tokens.open({ bus, keys, clock, log });
  lifecycle.defer('tokens', () => tokens.close());
  const registry = new Registry();
  hearLeases(bus, registry, log, clock.now);

  const counts = { redirects: 0, refusals: 0 };
  const metrics = new Metrics();
  metrics.add('headwater_coordinator_redirects_total', 'Viewers sent to an edge', () => counts.redirects);
  metrics.add('headwater_coordinator_refusals_total', 'Viewers turned away', () => counts.refusals);
  metrics.add('headwater_coordinator_edges', 'Edges alive', () => registry.available(clock.now()).length);
  metrics.add('headwater_coordinator_sessions', 'Sessions of tokens that count them', () => tokens.counted);
  metrics.add('headwater_coordinator_presentations', 'Presentations known', () => catalog.all().length);

  const app = new Hono<{ Bindings: Peer }>();
  app.route('/', whepRoutes({ catalog, origin: () => channels.origin, counts }));
  app.route('/', playRoutes({ catalog, registry, tokens, clock, counts }));
  app.route('/api/v1', api({ catalog, registry, channels, tokens, clock, adminToken }));
  app.route('/', await viewerSite());
  app.route('/', await portalSite());
  app.route('/', await goLiveSite(whipUrls(channels)));
  app.route('/', healthRoutes(metrics, bus.isConnected));
  app.notFound((c) => c.text(`not found: ${c.req.path}\n`, 404));
  const listener = await listen({
    port: settings.port,
    hostname: settings.host,
    portSetting: '--port or HEADWATER_COORDINATOR_PORT',
    fetch: app.fetch,
  });
  lifecycle.defer('HTTP', listener.close);
  log.info({ port: listener.port }, `coordinator listens on port ${listener.port}`);
}

type OwnSecrets = { readonly adminToken: string; readonly keys: TokenKeys };

/** Who gives an admin token from outside gives keys from there too, or has no protected presentations. */
async function secretsOf({ adminToken, tokenKeys, data }: Settings, log: Log): Promise<OwnSecrets> {
  if (adminToken !== null) return { adminToken, keys: tokenKeys };
  const { secrets, fresh } = await openSecrets(data);
  const where = `${data}/secrets.json`;
  if (fresh) log.info(`the admin token is ${secrets.adminToken}, kept in ${where}`);
  if (tokenKeys.length > 0) return { adminToken: secrets.adminToken, keys: tokenKeys };
  if (fresh) log.info(`the tokenKeys in ${where} are what edges and the origin need as HEADWATER_TOKEN_KEYS`);
  return { adminToken: secrets.adminToken, keys: secrets.tokenKeys.map(keyOf) };
}

function hearLeases({ connection }: Bus, registry: Registry, log: Log, now: () => number): void {
  connection.subscribe(ALL_LEASES, {
    callback: (error, message) => {
      if (error !== null || !registry.hear(message.data, now())) {
        log.warn({ subject: message?.subject, err: error }, 'a lease that can not be read');
      }
    },
  });
  connection.publish(ROLL_CALL);
}
