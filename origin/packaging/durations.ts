import type { Sample } from '../../media/sample.ts';

/**
 * Makes a track's times true. A sample lasts until the next one is decoded: the encoder only guesses the duration
 * of the sample that it has just sent, so one sample is held back.
 *
 * ffmpeg's muxer says that each track's first sample is decoded at 0, wherever the track really starts, and
 * stretches it to the second one. The first sample is therefore put back before the second, as long as that one.
 */
export class Durations {
  #held: Sample | null = null;
  #isFirst = true;

  /** Takes the next sample; gives the one before it. Null for the first, and for one that goes back in time. */
  push(sample: Sample): Sample | null {
    const held = this.#held;
    if (held !== null && sample.dts <= held.dts) return null;
    this.#held = sample;
    if (held === null) return null;
    const dts = this.#isFirst ? Math.max(held.dts, sample.dts - Math.max(1, sample.duration)) : held.dts;
    this.#isFirst = false;
    return { ...held, dts, duration: sample.dts - dts };
  }

  /** The last sample, with the duration that the encoder gave it. */
  flush(): Sample | null {
    const held = this.#held;
    this.#held = null;
    return held === null || held.duration > 0 ? held : { ...held, duration: 1 };
  }
}
