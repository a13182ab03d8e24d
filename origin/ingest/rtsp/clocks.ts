import type { SenderTime } from '../../../media/rtp/receiver.ts';
import type { Track } from '../../../media/rtp/track.ts';
import { type Milliseconds, toMilliseconds } from '../../../media/time.ts';

/** A stream of a publisher, as far as its clock goes. */
export type Stream = {
  readonly track: Track;
  /** What its last sender report said; null before there was one. */
  readonly senderTime: SenderTime | null;
};

/** When, on one clock, the time 0 of each stream is, in milliseconds; by the stream's index. */
export type Zeros = ReadonlyMap<number, Milliseconds>;

/**
 * How the clocks of a publisher's streams lie to each other. RTP timestamps of two streams have nothing in common;
 * sender reports tell what time it was at the sender for a timestamp of each (RFC 3550 §6.4.1). Until these have come
 * for all, the least time that a packet took says it: capturing and encoding are then taken to cost all alike.
 */
export class Clocks {
  readonly #streams: readonly Stream[];
  readonly #arrived = new Map<number, Milliseconds>();

  constructor(streams: readonly Stream[]) {
    this.#streams = streams;
  }

  /** A sample that is shown at `shownMs` on its stream's clock came at `nowMs`. */
  arrived(index: number, shownMs: Milliseconds, nowMs: Milliseconds): void {
    const before = this.#arrived.get(index) ?? Number.POSITIVE_INFINITY;
    this.#arrived.set(index, Math.min(before, nowMs - shownMs));
  }

  /** By arrival, of the streams that something came of. */
  get byArrival(): Zeros {
    return this.#arrived;
  }

  /** By sender reports; null while one of these streams has none. */
  byReport(indexes: readonly number[]): Zeros | null {
    const zeros = new Map<number, Milliseconds>();
    for (const index of indexes) {
      const { track, senderTime } = this.#streams[index] ?? {};
      if (!track || !senderTime) return null;
      const reportedMs = toMilliseconds(track.timeOf(senderTime.timestamp), track.timescale);
      zeros.set(index, senderTime.senderMs - reportedMs);
    }
    return zeros;
  }
}

/** How far the streams of `a` are from where `b` puts them beside each other, in milliseconds. */
export function apart(a: Zeros, b: Zeros): Milliseconds {
  const moved = [...a].flatMap(([index, zero]) => {
    const other = b.get(index);
    return other === undefined ? [] : [other - zero];
  });
  return moved.length === 0 ? 0 : Math.max(...moved) - Math.min(...moved);
}
