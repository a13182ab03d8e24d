import type { Ticks } from '../time.ts';
import { type Element, element } from './xml.ts';

/** A segment as a manifest lists it. */
export type Placed = { readonly time: Ticks; readonly duration: Ticks };

type Run = { readonly start: Ticks | null; readonly duration: Ticks; repeats: number };

/**
 * Segments in the fewest `S` elements (ISO/IEC 23009-1 §5.3.9.6): `@r` counts repetitions after the first, and `@t`
 * is said where a segment does not start at the end of the one before it.
 */
export const segmentTimeline = (segments: readonly Placed[]): Element =>
  element(
    'SegmentTimeline',
    {},
    ...runsOf(segments).map(({ start, duration, repeats }) =>
      element('S', { t: start, d: duration, r: repeats === 0 ? null : repeats }),
    ),
  );

function runsOf(segments: readonly Placed[]): readonly Run[] {
  const runs: Run[] = [];
  let end: Ticks | null = null;
  for (const { time, duration } of segments) {
    const last = runs.at(-1);
    if (last?.duration === duration && time === end) last.repeats += 1;
    else runs.push({ start: time === end ? null : time, duration, repeats: 0 });
    end = time + duration;
  }
  return runs;
}
