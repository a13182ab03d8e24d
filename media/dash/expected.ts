import { type Milliseconds, type Seconds, type Ticks, toSeconds, toTicks } from '../time.ts';
import type { Timeline } from '../timeline.ts';
import type { OpenSegment, Rendition } from './rendition.ts';

/**
 * A segment of sound may be a frame longer than it is meant to be: 24 ms of MP3, which has the longest. A player that
 * looked for the next one where it thinks that this one ends, and came too early, would find this one again.
 */
const SOUND_FRAME: Seconds = 0.025;

/** dash.js asks for a manifest once a second at most: what it needs until then has to be in the one before. */
const AHEAD: Seconds = 1;

/** A segment that is shorter than this part of the one before it has ended with its source: none follows. */
const WHOLE = 0.98;

type Wish = { readonly kind: 'video' | 'audio'; readonly targetDurationMs: Milliseconds };

/** The segment of a low-latency track that grows, and the one behind it as soon as a player may have to know it. */
export function expected(
  { open, last, segments, timescale, ended }: Timeline,
  { kind, targetDurationMs }: Wish,
): Pick<Rendition, 'open' | 'next'> {
  const target = targetDurationMs / 1000;
  const duration = toTicks(target + (kind === 'audio' ? SOUND_FRAME : 0), timescale);
  if (open !== null) {
    const grown = open.chunks.reduce((sum, chunk) => sum + chunk.duration, 0);
    const growing: OpenSegment = { ...open, duration: Math.max(duration, grown) };
    const isNear = toSeconds(grown, timescale) >= target - AHEAD && grown <= duration;
    return { open: growing, next: isNear ? follow(growing, duration, timescale) : null };
  }
  if (last === null || ended) return { open: null, next: null };
  const before = segments.at(-2);
  const usual = before?.epoch === last.epoch ? toSeconds(before.duration, timescale) : target;
  const isWhole = toSeconds(last.duration, timescale) >= WHOLE * Math.min(usual, target);
  return { open: null, next: isWhole ? follow(last, duration, timescale) : null };
}

const follow = (before: OpenSegment, duration: Ticks, timescale: number): OpenSegment => ({
  epoch: before.epoch,
  number: before.number + 1,
  time: before.time + before.duration,
  duration,
  wallClockMs: before.wallClockMs + toSeconds(before.duration, timescale) * 1000,
});
