import {
  type ConsumerMessages,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Failure } from './failure.ts';
import type { Log } from './log.ts';

/** A connection to NATS with JetStream. It comes back by itself for as long as the node lives. */
export type Bus = {
  readonly connection: NatsConnection;
  readonly jetstream: JetStreamClient;
  readonly manager: JetStreamManager;
  readonly replicas: number;
  readonly isConnected: () => boolean;
  readonly close: () => Promise<void>;
};

export type BusOptions = {
  readonly natsUrl: string;
  readonly natsReplicas: number;
  /** How the server's operators see this connection. */
  readonly name: string;
  readonly log: Log;
};

/** A node that starts beside its NATS server waits this long for it. */
const FIRST_CONNECT_ATTEMPTS = 10;
const FIRST_CONNECT_WAIT_MS = 500;
const RECONNECT_WAIT_MS = 250;

/** Connects. Throws Failure `nats-unreachable` after 5 s, or `nats-refused` when JetStream is off. */
export async function openBus({ natsUrl, natsReplicas, name, log }: BusOptions): Promise<Bus> {
  const connection = await connectFirst(natsUrl, name);
  const status = { isConnected: true };
  void watchStatus(connection, status, log);
  try {
    const manager = await jetstreamManager(connection);
    const close = () => connection.close();
    const isConnected = () => status.isConnected && !connection.isClosed();
    return {
      connection,
      jetstream: jetstream(connection),
      manager,
      replicas: natsReplicas,
      isConnected,
      close,
    };
  } catch (error) {
    await connection.close();
    throw new Failure(
      'nats-refused',
      `NATS at ${natsUrl} answers without JetStream (${messageOf(error)})`,
      'Start it with `nats-server -js`',
    );
  }
}

async function connectFirst(natsUrl: string, name: string): Promise<NatsConnection> {
  const servers = natsUrl.split(',');
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect({
        servers,
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: RECONNECT_WAIT_MS,
        reconnectJitter: RECONNECT_WAIT_MS,
        pingInterval: 5_000,
        maxPingOut: 2,
      });
    } catch (error) {
      if (attempt === FIRST_CONNECT_ATTEMPTS) throw unreachable(natsUrl, error);
      await new Promise((resolve) => setTimeout(resolve, FIRST_CONNECT_WAIT_MS));
    }
  }
}

const unreachable = (natsUrl: string, error: unknown) =>
  new Failure(
    'nats-unreachable',
    `NATS at ${natsUrl} does not answer (${messageOf(error)})`,
    'Start it with `nats-server -js`, or name another with --nats-url or HEADWATER_NATS_URL',
  );

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function watchStatus(
  connection: NatsConnection,
  state: { isConnected: boolean },
  log: Log,
): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type !== 'disconnect' && type !== 'reconnect') continue;
    state.isConnected = type === 'reconnect';
    if (state.isConnected) log.info('NATS connection is back');
    else log.warn('NATS connection lost; reconnecting');
  }
}

/** Makes a stream, or brings the one that is there up to date. It keeps the last messages of each subject. */
export async function ensureStream(
  bus: Bus,
  name: string,
  subjects: readonly string[],
  messagesPerSubject: number,
): Promise<void> {
  const config = {
    name,
    subjects: [...subjects],
    storage: 'file' as const,
    retention: 'limits' as const,
    discard: 'old' as const,
    max_msgs_per_subject: messagesPerSubject,
    allow_rollup_hdrs: true,
    allow_direct: true,
    num_replicas: bus.replicas,
  };
  const { streams } = bus.manager;
  await streams.add(config).catch(() => streams.update(name, config));
}

/** Opens a key-value bucket, making it where there is none. What is put there is kept for `ttlMs`, 0 for ever. */
export const openBucket = (bus: Bus, name: string, ttlMs = 0): Promise<KV> =>
  new Kvm(bus.jetstream).create(name, { history: 1, replicas: bus.replicas, ttl: ttlMs });

/** Told of each message on a subject, in order. */
export type OnMessage = (subject: string, data: Uint8Array) => void;

export type Following = {
  /** Resolves when all that was stored at the start has been told. */
  readonly caughtUp: Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Tells everything that a stream holds for a filter, then everything new. It survives lost connections: the
 * consumer is made anew behind the last message.
 */
export async function follow(
  bus: Bus,
  stream: string,
  filter: string,
  onMessage: OnMessage,
): Promise<Following> {
  const consumer = await bus.jetstream.consumers.get(stream, { filter_subjects: filter });
  const stored = (await consumer.info(true)).num_pending;
  const { promise, resolve } = Promise.withResolvers<void>();
  let told = 0;
  if (stored === 0) resolve();
  const messages = await consumer.consume({
    idle_heartbeat: FOLLOW_HEARTBEAT_MS,
    expires: FOLLOW_EXPIRES_MS,
    callback: (message) => {
      onMessage(message.subject, message.data);
      told += 1;
      // nats-server (2.9) goes on counting as pending what was removed before it was sent.
      if (message.info.pending === 0 || told >= stored) resolve();
    },
  });
  void resolveWhenIdle(messages, resolve);
  const close = async () => {
    resolve();
    await messages.close();
  };
  return { caughtUp: promise, close };
}

/** A heartbeat says that there is nothing to tell. */
async function resolveWhenIdle(messages: ConsumerMessages, resolve: () => void): Promise<void> {
  for await (const { type } of messages.status()) if (type === 'heartbeat') resolve();
}

/** Two missed heartbeats make the client ask anew: a lost consumer is noticed within a second. */
const FOLLOW_HEARTBEAT_MS = 500;
const FOLLOW_EXPIRES_MS = 30_000;

/** Tells everything that a stream holds for a filter now. */
export async function replay(bus: Bus, stream: string, filter: string, onMessage: OnMessage): Promise<void> {
  const following = await follow(bus, stream, filter, onMessage);
  await following.caughtUp;
  await following.close();
}

/** Tells every key of a bucket, then every change; null for a key that was removed. Resolves when all were told. */
export async function watchBucket(
  bucket: KV,
  onChange: (key: string, value: Uint8Array | null) => void,
): Promise<Following> {
  const watch = await bucket.watch();
  const { promise, resolve } = Promise.withResolvers<void>();
  if ((await bucket.status()).values === 0) resolve();
  void (async () => {
    for await (const entry of watch) {
      onChange(entry.key, entry.operation === 'PUT' ? entry.value : null);
      // What is told after all that was there has no count. While values change, nats-server (2.9) may go on counting
      // those that were replaced before they were sent; the client counts what it was to be told.
      if (entry.isUpdate || !entry.delta) resolve();
    }
  })();
  return {
    caughtUp: promise,
    close: async () => {
      resolve();
      watch.stop();
    },
  };
}
