import { type Seconds, toSeconds } from './time.ts';
import type { Segment } from './timeline.ts';

export type BitRate = {
  /** Bits a second. */
  readonly peak: number;
  readonly average: number;
};

/**
 * Measures a track from its segments, as draft-pantos-hls-rfc8216bis §4.4.6.2 defines BANDWIDTH: "the largest bit
 * rate of any contiguous set of segments whose total duration is between 0.5 and 1.5 times the target duration";
 * AVERAGE-BANDWIDTH is all bits over all time.
 */
export function measure(segments: readonly Segment[], timescale: number, target: Seconds): BitRate {
  let peak = 0;
  let bits = 0;
  let seconds = 0;
  for (const [first, segment] of segments.entries()) {
    bits += segment.size * 8;
    seconds += toSeconds(segment.duration, timescale);
    peak = Math.max(peak, peakFrom(segments, first, timescale, target));
  }
  const average = seconds === 0 ? 0 : bits / seconds;
  return { peak: Math.ceil(Math.max(peak, average)), average: Math.ceil(average) };
}

function peakFrom(segments: readonly Segment[], first: number, timescale: number, target: Seconds): number {
  let peak = 0;
  let bits = 0;
  let seconds = 0;
  for (let index = first; index < segments.length; index++) {
    const segment = segments[index];
    if (segment === undefined) break;
    bits += segment.size * 8;
    seconds += toSeconds(segment.duration, timescale);
    if (seconds > 1.5 * target) break;
    if (seconds >= 0.5 * target) peak = Math.max(peak, bits / seconds);
  }
  return peak;
}
