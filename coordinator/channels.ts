import type { KV } from '@nats-io/kv';
import { type Bus, type Following, openBucket, watchBucket } from '../runtime/bus.ts';
import { type ChannelRecord, parseRecord } from '../wire/channel.ts';
import type { PresentationId } from '../wire/ids.ts';
import { read } from '../wire/message.ts';
import { ORIGIN_KEY, OriginCard } from '../wire/origin-card.ts';
import { CHANNELS_BUCKET, ORIGINS_BUCKET } from '../wire/subjects.ts';

/** How often a change is tried anew when another coordinator changed the same channel at the same time. */
const CHANGE_ATTEMPTS = 5;

/**
 * The channels of the cluster, and where publishers reach their origin. What is kept of them lies in NATS; the origin
 * makes it come true.
 */
export class Channels {
  readonly #bucket: KV;
  readonly #records = new Map<string, ChannelRecord>();
  #origin: OriginCard | null = null;
  readonly #watches: Following[] = [];

  private constructor(bucket: KV) {
    this.#bucket = bucket;
  }

  /** Resolves when all that is known of them has been heard. */
  static async open(bus: Bus): Promise<Channels> {
    const bucket = await openBucket(bus, CHANNELS_BUCKET);
    const channels = new Channels(bucket);
    const origins = await openBucket(bus, ORIGINS_BUCKET);
    channels.#watches.push(
      await watchBucket(bucket, (id, value) => channels.#hear(id, value)),
      await watchBucket(origins, (key, value) => channels.#hearOrigin(key, value)),
    );
    await Promise.all(channels.#watches.map(({ caughtUp }) => caughtUp));
    return channels;
  }

  async close(): Promise<void> {
    await Promise.all(this.#watches.map((watch) => watch.close()));
  }

  /** Null before an origin was ever there. */
  get origin(): OriginCard | null {
    return this.#origin;
  }

  /** In the order of their ids. */
  all(): readonly ChannelRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.settings.id < b.settings.id ? -1 : 1));
  }

  get(id: string): ChannelRecord | null {
    return this.#records.get(id) ?? null;
  }

  /** False when there is one of that id. */
  async create(record: ChannelRecord): Promise<boolean> {
    try {
      await this.#bucket.create(record.settings.id, JSON.stringify(record));
      this.#records.set(record.settings.id, record);
      return true;
    } catch (error) {
      if (await this.#read(record.settings.id)) return false;
      throw error;
    }
  }

  /** Changes a channel; null when there is none. `change` may be called anew when somebody else was quicker. */
  async change(
    id: PresentationId,
    change: (record: ChannelRecord) => ChannelRecord,
  ): Promise<ChannelRecord | null> {
    for (let attempt = 1; ; attempt++) {
      const known = await this.#read(id);
      if (known === null) return null;
      const record = change(known.record);
      try {
        await this.#bucket.update(id, JSON.stringify(record), known.revision);
        this.#records.set(id, record);
        return record;
      } catch (error) {
        if (attempt === CHANGE_ATTEMPTS) throw error;
      }
    }
  }

  async remove(id: PresentationId): Promise<void> {
    await this.#bucket.delete(id);
    this.#records.delete(id);
  }

  async #read(id: string): Promise<{ record: ChannelRecord; revision: number } | null> {
    const entry = await this.#bucket.get(id);
    const record = entry?.operation === 'PUT' ? parseRecord(entry.value) : null;
    return entry && record ? { record, revision: entry.revision } : null;
  }

  #hear(id: string, value: Uint8Array | null): void {
    const record = value === null ? null : parseRecord(value);
    if (record?.settings.id === id) this.#records.set(id, record);
    else if (value === null) this.#records.delete(id);
  }

  #hearOrigin(key: string, value: Uint8Array | null): void {
    const card = key === ORIGIN_KEY && value !== null ? read(OriginCard, value) : null;
    if (card !== null) this.#origin = card;
  }
}
