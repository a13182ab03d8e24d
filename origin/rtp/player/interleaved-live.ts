import type { Pair } from '../../../media/rtsp/transport.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Batch, Receiver } from '../live/receiver.ts';
import { framesOf } from './interleaved.ts';
import type { Link } from './link.ts';
import { SlowReader } from './slow-reader.ts';

/**
 * What may wait in the connection of a player of something live, beside what the system holds: a second of 8 Mb/s.
 * Who has more waiting is given nothing until the next key frame that finds room.
 */
const WAITING_MAX_BYTES = 1024 * 1024;

export type InterleavedLiveOptions = {
  readonly link: Link;
  readonly channels: ReadonlyMap<TrackId, Pair>;
  /** The tracks of them that are pictures. */
  readonly pictures: ReadonlySet<TrackId>;
  readonly clock: Clock;
  /** Told of each batch that is dropped. */
  readonly onDrop: () => void;
  readonly onEnd: (reason: string) => void;
};

/** Frames that many receivers have in common: most take the same channels. */
const framed = new WeakMap<Batch, Map<number, Uint8Array>>();

function framesOfBatch(batch: Batch, channel: number): Uint8Array {
  const known = framed.get(batch) ?? new Map<number, Uint8Array>();
  framed.set(batch, known);
  const bytes = known.get(channel) ?? framesOf(batch.packets, channel);
  known.set(channel, bytes);
  return bytes;
}

/** A receiver of a live stream over its own connection. One that reads slowly loses pictures, and delays nobody. */
export class InterleavedLive implements Receiver {
  readonly #options: InterleavedLiveOptions;
  readonly #reader: SlowReader;

  constructor(options: InterleavedLiveOptions) {
    const { link, clock, onDrop } = options;
    this.#options = options;
    this.#reader = new SlowReader({ clock, onDrop, cut: (reason) => link.cut(reason) });
  }

  /** Pictures go on with a key frame, and sound with them. */
  take(batch: Batch): void {
    const { link, channels, pictures } = this.#options;
    const channel = channels.get(batch.track)?.[0];
    if (channel === undefined) return;
    const hasRoom = link.waitingBytes() <= WAITING_MAX_BYTES;
    const startsAnew = batch.sync && (pictures.size === 0 || pictures.has(batch.track));
    if (this.#reader.takes(hasRoom, startsAnew)) link.write(framesOfBatch(batch, channel));
  }

  control(track: TrackId, packet: Uint8Array): void {
    const { link, channels } = this.#options;
    const channel = channels.get(track)?.[1];
    if (channel !== undefined && !this.#reader.isDropping) link.write(framesOf([packet], channel));
  }

  end(reason: string): void {
    this.#options.onEnd(reason);
  }
}
