import { join } from 'node:path';
import { openBus } from '../../runtime/bus.ts';
import { type Asked, layOut } from './material.ts';
import { type Surroundings, startNats, startNode } from './nodes.ts';
import type { Server } from './server.ts';

export type Cluster = { readonly edge: Server; readonly objects: readonly Asked[] };

/** NATS, an origin with media to serve, and an edge on `core`, each a process as in production. */
export async function startCluster(around: Surroundings): Promise<Cluster> {
  const storage = join(around.folder, 'media');
  const { natsUrl } = await startNats(around);
  const env = { HEADWATER_NATS_URL: natsUrl, HEADWATER_LOG_LEVEL: 'warn' };
  const bus = await openBus({ natsUrl, natsReplicas: 1, name: 'bench', log: around.log });
  const objects = await layOut(bus, storage, Date.now());
  await bus.close();
  const origin = await startNode(
    'origin',
    around,
    { ...env, HEADWATER_STORAGE_URL: `file:${storage}` },
    null,
  );
  const edge = await startNode(
    'edge',
    around,
    { ...env, HEADWATER_EDGE_ORIGIN_URL: origin.url },
    around.core,
  );
  return { edge, objects };
}
