import { type Milliseconds, toMilliseconds } from '../time.ts';
import type { Segment } from '../timeline.ts';

/** As far as numbers can tell the milliseconds since 1970 apart. */
const EXACT: Milliseconds = 5e-4;

/**
 * When a segment was taken, in whole milliseconds (draft-pantos-hls-rfc8216bis §4.4.4.6): never later than it was.
 * hls.js places a rendition by these dates, and looks for what comes behind the end of its buffer. Where a segment
 * would seem to end a little later than its last sample does, as by a date that was rounded up, it finds that segment
 * again, which it has, and waits for seconds.
 */
export function dateTime(
  { wallClockMs, time }: Pick<Segment, 'wallClockMs' | 'time'>,
  timescale: number,
): string {
  const media = toMilliseconds(time, timescale);
  // Media time 0 of an epoch was at a whole millisecond, which each of its segments tells rounded up from the half.
  const exact = Math.ceil(wallClockMs - media - 0.5 - EXACT) + media;
  return new Date(Math.floor(exact + EXACT)).toISOString();
}
