import { FRAME_MARK } from '../../../media/rtsp/message.ts';
import type { Pair } from '../../../media/rtsp/transport.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Addressed, Outlet } from '../outlet.ts';
import type { Link } from './link.ts';

const HEAD_BYTES = 4;

/** A film waits for its receiver while so much waits in the connection, beside what the system holds. */
const FILM_WAITING_MAX_BYTES = 256 * 1024;

/** A receiver of a film that takes nothing at all for so long is gone. */
const STUCK_MS: Milliseconds = 30_000;

/** The frames of packets on one channel (RFC 2326 §10.12), in one piece: they are written at once. */
export function framesOf(packets: readonly Uint8Array[], channel: number): Uint8Array {
  const bytes = new Uint8Array(packets.reduce((sum, { byteLength }) => sum + HEAD_BYTES + byteLength, 0));
  let at = 0;
  for (const packet of packets) {
    bytes[at] = FRAME_MARK;
    bytes[at + 1] = channel;
    bytes[at + 2] = packet.byteLength >> 8;
    bytes[at + 3] = packet.byteLength & 0xff;
    bytes.set(packet, at + HEAD_BYTES);
    at += HEAD_BYTES + packet.byteLength;
  }
  return bytes;
}

export type InterleavedOptions = {
  readonly link: Link;
  readonly channels: ReadonlyMap<TrackId, Pair>;
  readonly clock: Clock;
};

/** A film's way into the connection of its player. It is as slow as that reads. */
export class Interleaved implements Outlet {
  readonly #options: InterleavedOptions;
  readonly #forgotten = new Set<TrackId>();
  #waitingBytes = 0;
  /** When something was last taken. */
  #movedMs: Milliseconds;

  constructor(options: InterleavedOptions) {
    this.#options = options;
    this.#movedMs = options.clock.now();
  }

  send(packets: readonly Addressed[]): void {
    for (const { track, packets: own } of packets) this.#write(track, 0, own);
  }

  control(track: TrackId, packet: Uint8Array): void {
    this.#write(track, 1, [packet]);
  }

  #write(track: TrackId, side: 0 | 1, packets: readonly Uint8Array[]): void {
    const channel = this.#options.channels.get(track)?.[side];
    if (channel === undefined || this.#forgotten.has(track)) return;
    this.#options.link.write(framesOf(packets, channel));
  }

  isFull(): boolean {
    const { link, clock } = this.#options;
    const waitingBytes = link.waitingBytes();
    const isStuck = waitingBytes >= Math.max(1, this.#waitingBytes);
    this.#waitingBytes = waitingBytes;
    if (!isStuck) this.#movedMs = clock.now();
    else if (clock.now() - this.#movedMs > STUCK_MS) link.cut(`it took nothing for ${STUCK_MS / 1000} s`);
    return waitingBytes > FILM_WAITING_MAX_BYTES;
  }

  forget(track: TrackId): void {
    this.#forgotten.add(track);
  }

  close(): void {}
}
