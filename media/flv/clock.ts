import type { Milliseconds } from '../time.ts';

/** A step of this much is no gap but another clock: playing on would mean waiting that long, or going back. */
export const JUMP_MS: Milliseconds = 10_000;

/** A track that goes back this much was started again; less is an encoder that stamps badly. */
const BACK_MS: Milliseconds = 1_000;

type Kind = 'audio' | 'video';

/**
 * Makes times that count on of timestamps that wrap after 2^32 ms (Adobe RTMP 1.0 §3), or after 2^31 as those of
 * ffmpeg, which keeps the sign of FLV's free. The first tag is at `JUMP_MS`, so that a track may lie that far behind it
 * and still have a time that is not negative.
 */
export class Clock {
  /** The latest time of any track, and the timestamp that it had. */
  #now: Milliseconds = JUMP_MS;
  #timestamp: number | null = null;
  readonly #lasts: Record<Kind, Milliseconds> = { audio: 0, video: 0 };

  /** The latest time. */
  get now(): Milliseconds {
    return this.#now;
  }

  /** The time of a timestamp; null when it jumped. */
  read(kind: Kind, timestamp: number): Milliseconds | null {
    const step = this.#timestamp === null ? 0 : ((timestamp - this.#timestamp) << 1) >> 1;
    const time = this.#now + step;
    if (Math.abs(step) >= JUMP_MS || time < this.#lasts[kind] - BACK_MS) return null;
    this.#lasts[kind] = Math.max(this.#lasts[kind], time);
    if (step < 0) return time;
    this.#now = time;
    this.#timestamp = timestamp;
    return time;
  }
}
