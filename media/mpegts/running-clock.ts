import type { Ticks } from '../time.ts';
import { CLOCK_RATE, WRAP, wrap } from './clock.ts';

/** A step of this much is no gap but another clock: playing on would mean waiting that long, or going back. */
const JUMP: Ticks = 10 * CLOCK_RATE;

/** A track that goes back this much was started again; less is an encoder that stamps badly. */
const BACK: Ticks = CLOCK_RATE;

type Track = { shift: Ticks; last: Ticks | null; step: Ticks };

/**
 * Makes times that count on of timestamps that wrap after 2^33 ticks. Where they jump, to another clock or back to the
 * start of a file, times go on as if they did not: the track that jumps first goes on behind its last unit, and the
 * others move by as much.
 */
export class RunningClock {
  readonly #tracks = new Map<number, Track>();
  /** What is added to the timestamps of tracks that jumped last. */
  #shift: Ticks = 0;
  /** The latest time of any track. */
  #latest: Ticks | null = null;

  /** The time of a decode timestamp of a track. */
  read(id: number, timestamp: Ticks): Ticks {
    this.#latest ??= timestamp;
    const track = this.#tracks.get(id) ?? { shift: this.#shift, last: null, step: 0 };
    this.#tracks.set(id, track);
    const time = this.#fitting(track, timestamp) ?? this.#jump(track, timestamp);
    if (track.last !== null) track.step = Math.max(0, time - track.last);
    track.last = Math.max(track.last ?? time, time);
    this.#latest = Math.max(this.#latest, time);
    return time;
  }

  #fitting(track: Track, timestamp: Ticks): Ticks | null {
    for (const shift of [track.shift, this.#shift]) {
      const latest = this.#latest ?? 0;
      const time = latest + apart(timestamp + shift, latest);
      if (Math.abs(time - latest) >= JUMP || time < (track.last ?? time) - BACK) continue;
      track.shift = shift;
      return time;
    }
    return null;
  }

  #jump(track: Track, timestamp: Ticks): Ticks {
    const time = (track.last ?? this.#latest ?? timestamp) + Math.min(track.step, CLOCK_RATE);
    this.#shift = time - timestamp;
    track.shift = this.#shift;
    return time;
  }
}

/** From `b` to `a` on the shorter way round. */
export function apart(a: Ticks, b: Ticks): Ticks {
  const step = wrap(a - b);
  return step < WRAP / 2 ? step : step - WRAP;
}
