import type { Pair } from '../../../media/rtsp/transport.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Batch, Receiver } from '../live/receiver.ts';
import { framesOf } from './interleaved.ts';
import type { Link } from './link.ts';

/**
 * What may wait in the connection of a player of something live, beside what the system holds: a second of 8 Mb/s.
 * Who has more waiting is given nothing until the next key frame that finds room.
 */
const WAITING_MAX_BYTES = 1024 * 1024;

/** Who loses something again and again for so long reads more slowly than the stream is: it is disconnected. */
const SLOW_MAX_MS: Milliseconds = 10_000;

/** Who lost nothing for so long has recovered. */
const RECOVERED_MS: Milliseconds = 5_000;

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
  /** It is given nothing until a key frame finds room. */
  #isDropping = false;
  #slowSinceMs: Milliseconds = 0;
  #droppedMs: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(options: InterleavedLiveOptions) {
    this.#options = options;
  }

  take(batch: Batch): void {
    const { link, channels } = this.#options;
    const channel = channels.get(batch.track)?.[0];
    if (channel === undefined) return;
    this.#isDropping = !this.#mayTake(batch);
    if (this.#isDropping) this.#drop();
    else link.write(framesOfBatch(batch, channel));
  }

  #drop(): void {
    const { link, clock, onDrop } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#droppedMs > RECOVERED_MS) this.#slowSinceMs = nowMs;
    this.#droppedMs = nowMs;
    onDrop();
    if (nowMs - this.#slowSinceMs > SLOW_MAX_MS)
      link.cut(`it has read more slowly than the stream is for ${SLOW_MAX_MS / 1000} s`);
  }

  control(track: TrackId, packet: Uint8Array): void {
    const { link, channels } = this.#options;
    const channel = channels.get(track)?.[1];
    if (channel !== undefined && !this.#isDropping) link.write(framesOf([packet], channel));
  }

  end(reason: string): void {
    this.#options.onEnd(reason);
  }

  /** Pictures go on with a key frame, and sound with them. */
  #mayTake({ track, sync }: Batch): boolean {
    const { link, pictures } = this.#options;
    if (link.waitingBytes() > WAITING_MAX_BYTES) return false;
    if (!this.#isDropping) return true;
    return sync && (pictures.size === 0 || pictures.has(track));
  }
}
