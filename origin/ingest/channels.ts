import type { KV } from '@nats-io/kv';
import { type Following, watchBucket } from '../../runtime/bus.ts';
import { type ChannelRecord, parseRecord } from '../../wire/channel.ts';
import type { PresentationId } from '../../wire/ids.ts';
import type { Live } from '../../wire/programme.ts';
import { TIMELINE_STREAM, timelinesOf } from '../../wire/subjects.ts';
import { Channel, type ChannelOptions } from './channel.ts';
import { Demand, hearDemand } from './demand.ts';
import type { Admit } from './door.ts';

const LOOK_MS = 1_000;

/** Channels of one origin, at most: each costs a packager, and most an encoder. */
const CHANNELS_MAX = 1_000;

type Running = { readonly channel: Channel; readonly ended: Promise<void> };

/** All channels of the origin, as their records say. What the records are changed to comes true, one after another. */
export class Channels {
  readonly #running = new Map<PresentationId, Running>();
  readonly #options: ChannelOptions;
  #work: Promise<void> = Promise.resolve();
  #stopLooking: () => void;
  #watch: Following | null = null;

  private constructor(options: ChannelOptions) {
    this.#options = options;
    const { clock } = options.station;
    this.#stopLooking = clock.every(LOOK_MS, () => {
      for (const { channel } of this.#running.values()) channel.look();
    });
  }

  /** Opens what the bucket holds, the channels of the programme among them, and follows it from then on. */
  static async open(
    bucket: KV,
    programme: readonly Live[],
    { station, allowsLocal }: Omit<ChannelOptions, 'demand'>,
  ): Promise<Channels> {
    const demand = new Demand();
    const channels = new Channels({ station, demand, allowsLocal });
    hearDemand(station.bus, demand, station.clock.now, (id) => channels.get(id)?.look());
    await seed(bucket, programme);
    channels.#watch = await watchBucket(bucket, (id, value) => channels.#hear(id, value));
    await channels.#watch.caughtUp;
    return channels;
  }

  get(id: PresentationId): Channel | null {
    return this.#running.get(id)?.channel ?? null;
  }

  /** Somebody watches a channel here, without an edge. */
  want(id: PresentationId): void {
    const { demand, station } = this.#options;
    demand.want(id, station.clock.now());
    this.get(id)?.look();
  }

  readonly admit: Admit = (claim) => {
    const found = this.#running.get(claim.presentation as PresentationId);
    if (found !== undefined) return found.channel.admit(claim);
    const reason = `there is no channel '${claim.presentation}'`;
    return { kind: 'refused', code: 'unknown-channel', reason };
  };

  async close(): Promise<void> {
    this.#stopLooking();
    await this.#watch?.close();
    await this.#work;
    await Promise.all([...this.#running.keys()].map((id) => this.#end(id)));
  }

  #hear(id: string, value: Uint8Array | null): void {
    const { log } = this.#options.station;
    const record = value === null ? null : parseRecord(value);
    if (value !== null && record?.settings.id !== id) {
      log.warn({ presentation: id }, 'a channel that can not be read');
      return;
    }
    this.#work = this.#work
      .then(() => this.#become(id as PresentationId, record))
      .catch((error) => log.error({ presentation: id, err: error }, `${id} can not be opened`));
  }

  async #become(id: PresentationId, record: ChannelRecord | null): Promise<void> {
    const known = this.#running.get(id)?.channel;
    if (record !== null && known !== undefined && isSame(known, record)) return known.update(record);
    if (known !== undefined) await this.#end(id);
    if (!record?.settings.record) await known?.finishRecording();
    if (record === null) return this.#forget(id);
    if (this.#running.size >= CHANNELS_MAX) throw new Error(`there are ${CHANNELS_MAX} channels already`);
    const channel = await Channel.open(record, this.#options);
    this.#running.set(id, { channel, ended: channel.run() });
  }

  async #end(id: PresentationId): Promise<void> {
    const running = this.#running.get(id);
    running?.channel.close();
    await running?.ended;
    this.#running.delete(id);
  }

  /** A channel that was deleted is no presentation any more, and leaves no media. Recordings stay. */
  async #forget(id: PresentationId): Promise<void> {
    const { bus, bucket, described, storage } = this.#options.station;
    described.update(id, null);
    await bucket.delete(id);
    // One that is made anew under this id must not list what is gone.
    await bus.manager.streams.purge(TIMELINE_STREAM, { filter: timelinesOf(id) });
    await storage.remove(id);
  }
}

const isSame = ({ settings }: Channel, record: ChannelRecord) =>
  JSON.stringify(settings) === JSON.stringify(record.settings);

/**
 * Channels of the programme are as it says; whether they run is as it was. Those that it does not name any more are
 * gone.
 */
async function seed(bucket: KV, programme: readonly Live[]): Promise<void> {
  for await (const id of await bucket.keys()) {
    const record = await recordOf(bucket, id);
    if (record?.fromProgramme && !programme.some((live) => live.id === id)) await bucket.delete(id);
  }
  for (const { kind: _, ...settings } of programme) {
    const known = await recordOf(bucket, settings.id);
    const record: ChannelRecord = {
      settings,
      wanted: known?.wanted ?? 'running',
      keyHash: known?.keyHash ?? null,
      fromProgramme: true,
    };
    await bucket.put(settings.id, JSON.stringify(record));
  }
}

async function recordOf(bucket: KV, id: string): Promise<ChannelRecord | null> {
  const entry = await bucket.get(id);
  return entry?.operation === 'PUT' ? parseRecord(entry.value) : null;
}
