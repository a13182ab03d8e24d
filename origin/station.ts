import type { KV } from '@nats-io/kv';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Catalog } from '../wire/catalog.ts';
import type { Storage } from './packaging/storage.ts';
import type { RtpCounts } from './rtp/counts.ts';

/** What every presentation of an origin works with. */
export type Station = {
  readonly bus: Bus;
  /** Descriptions of presentations. */
  readonly bucket: KV;
  /** The same, as this origin knows them: it is told first. */
  readonly described: Catalog;
  readonly storage: Storage;
  /** Whether chunks are pushed to the edges that listen; else they pull them. */
  readonly pushesChunks: boolean;
  readonly clock: Clock;
  /** Of all that goes out over RTP. */
  readonly rtp: RtpCounts;
  readonly log: Log;
};

/** Distance of key frames, and so the wished length of a segment. */
export const SEGMENT_SECONDS = 2;
