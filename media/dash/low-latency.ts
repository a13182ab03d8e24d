import type { Milliseconds } from '../time.ts';
import type { Period, PeriodTrack } from './period.ts';
import { UTC_TIMING } from './utc-timing.ts';
import { type Element, element } from './xml.ts';

/** Segments that can be fetched while they grow, chunk by chunk. */
export type LowLatency = { readonly targetDurationMs: Milliseconds; readonly chunkDurationMs: Milliseconds };

/** A player needs a chunk to show, one in flight and one in reserve; below a second the network decides. */
const TARGET_CHUNKS = 3;
const TARGET_MIN_MS = 1_000;

/** Players that look for a new segment more often than this lose more than they gain. */
const UPDATE_MIN_MS = 250;

/** A player may change its speed by so much to reach the target: listeners do not notice 4 %. */
const RATE_CHANGE = 0.04;

/** How far behind live players are asked to be. */
export const targetLatencyMs = ({ chunkDurationMs }: LowLatency): Milliseconds =>
  Math.max(TARGET_MIN_MS, TARGET_CHUNKS * chunkDurationMs);

/**
 * How long a manifest can be relied on (ISO/IEC 23009-1 §5.4): for a chunk. What it expects of the next segment
 * (expected.ts) may not come, when the source is lost.
 */
export const updatePeriodMs = ({ chunkDurationMs }: LowLatency): Milliseconds =>
  Math.max(UPDATE_MIN_MS, chunkDurationMs);

/** ISO/IEC 23009-1 Annex K: the target refers to the producer reference time of the first representation. */
export function serviceDescription(lowLatency: LowLatency): Element {
  const target = targetLatencyMs(lowLatency);
  const { targetDurationMs, chunkDurationMs } = lowLatency;
  const latency = { referenceId: 1, target, max: target + targetDurationMs, min: 2 * chunkDurationMs };
  return element(
    'ServiceDescription',
    { id: 0 },
    element('Latency', latency),
    element('PlaybackRate', { max: 1 + RATE_CHANGE, min: 1 - RATE_CHANGE }),
  );
}

/** Attributes of SegmentTemplate (§5.3.9.2.2): a segment can be asked for when its first chunk is there. */
export const availability = ({ targetDurationMs, chunkDurationMs }: LowLatency) => ({
  availabilityTimeOffset: (targetDurationMs - chunkDurationMs) / 1000,
  availabilityTimeComplete: 'false',
});

/** §5.12: which wall-clock time a media time stands for. Live periods lie on a timeline that starts in 1970. */
export const producerReferenceTime = (
  { startMs, tracks }: Period,
  { presentationTimeOffset, rendition }: PeriodTrack,
): Element =>
  element(
    'ProducerReferenceTime',
    {
      id: tracks.findIndex((track) => track.rendition.id === rendition.id) + 1,
      type: 'encoder',
      wallClockTime: new Date(startMs).toISOString(),
      presentationTime: presentationTimeOffset,
    },
    UTC_TIMING,
  );
