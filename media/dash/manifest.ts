import { type Milliseconds, toMilliseconds } from '../time.ts';
import { adaptationSets } from './adaptation-set.ts';
import { type LowLatency, serviceDescription, targetLatencyMs, updatePeriodMs } from './low-latency.ts';
import {
  endOf,
  livePeriods,
  type Period,
  type PeriodTrack,
  recordedPeriods,
  type StartOf,
} from './period.ts';
import type { Rendition } from './rendition.ts';
import { dateTime, duration } from './schema-time.ts';
import { UTC_TIMING } from './utc-timing.ts';
import { type Element, element, printDocument } from './xml.ts';

export type ManifestOptions = {
  readonly kind: 'live' | 'vod';
  /** Nothing will be appended to any rendition. */
  readonly ended: boolean;
  /** How long a segment is meant to be; one of sound may be a frame longer. */
  readonly targetDurationMs: Milliseconds;
  /** How far back a live manifest reaches. */
  readonly windowMs: Milliseconds;
  readonly startOf: StartOf;
  /** Length of a chunk where segments can be fetched while they grow. */
  readonly chunkDurationMs?: Milliseconds;
};

/** Segments that a player stays behind live where it can have only whole ones: as HLS holds back. */
const DELAY_SEGMENTS = 3;

const LIVE_PROFILE = 'urn:mpeg:dash:profile:isoff-live:2011';
const LOW_LATENCY_PROFILE = 'http://www.dashif.org/guidelines/low-latency-live-v5';

/**
 * The manifest (ISO/IEC 23009-1, 5th edition). It depends on nothing but its arguments. Null while there is nothing
 * to play: no epoch of which every rendition has a segment.
 *
 * The timeline of a live channel starts in 1970, which is the one `availabilityStartTime` that every edge knows and
 * that stays as it is for as long as the channel lives, as §5.4 asks, whatever has left the window.
 */
export function renderManifest(renditions: readonly Rendition[], options: ManifestOptions): string | null {
  const isLive = options.kind === 'live';
  const periods = isLive ? livePeriods(renditions, options.startOf) : recordedPeriods(renditions);
  const last = periods.at(-1);
  if (last === undefined) return null;
  const lowLatency = lowLatencyOf(options);
  const attributes = options.ended ? complete(last, options) : growing(last, options, lowLatency);
  return printDocument(
    element(
      'MPD',
      { xmlns: 'urn:mpeg:dash:schema:mpd:2011', profiles: profiles(lowLatency), ...attributes },
      ...(lowLatency === null ? [] : [serviceDescription(lowLatency)]),
      ...periods.map((period) => printPeriod(period, lowLatency)),
      ...(options.ended ? [] : [UTC_TIMING]),
    ),
  );
}

function lowLatencyOf({ ended, targetDurationMs, chunkDurationMs }: ManifestOptions): LowLatency | null {
  return ended || chunkDurationMs === undefined ? null : { targetDurationMs, chunkDurationMs };
}

const profiles = (lowLatency: LowLatency | null) =>
  lowLatency === null ? LIVE_PROFILE : `${LIVE_PROFILE},${LOW_LATENCY_PROFILE}`;

/** A channel that has ended keeps its timeline: its viewers are in the middle of it. */
function complete(last: Period, { kind, targetDurationMs }: ManifestOptions): Element['attributes'] {
  return {
    type: 'static',
    availabilityStartTime: kind === 'live' ? EPOCH : null,
    mediaPresentationDuration: duration(endOf(last)),
    minBufferTime: duration(targetDurationMs),
  };
}

function growing(
  last: Period,
  { targetDurationMs, windowMs }: ManifestOptions,
  lowLatency: LowLatency | null,
): Element['attributes'] {
  const delayMs = lowLatency === null ? DELAY_SEGMENTS * targetDurationMs : targetLatencyMs(lowLatency);
  return {
    type: 'dynamic',
    availabilityStartTime: EPOCH,
    publishTime: dateTime(publishedMs(last)),
    minimumUpdatePeriod: duration(lowLatency === null ? targetDurationMs : updatePeriodMs(lowLatency)),
    timeShiftBufferDepth: windowMs === 0 ? null : duration(windowMs),
    suggestedPresentationDelay: duration(delayMs),
    minBufferTime: duration(lowLatency?.chunkDurationMs ?? targetDurationMs),
  };
}

const EPOCH = '1970-01-01T00:00:00Z';

/**
 * The mean of the times up to which the tracks are known: it grows whenever one of them does, so that no two
 * manifests of one timeline have the same.
 */
const publishedMs = ({ tracks }: Period): Milliseconds =>
  tracks.map(knownUntilMs).reduce((sum, ms) => sum + ms / tracks.length, 0);

/** Of a segment that grows its start is known, and a little more: less than the shortest segment lasts. */
const GROWING_MS: Milliseconds = 10;

/** Of one that is about to grow it is expected where it starts: less than to know it. */
const EXPECTED_MS: Milliseconds = 5;

function knownUntilMs({ rendition: { open, next, timescale }, segments }: PeriodTrack): Milliseconds {
  const expectedMs = next !== null && segments.at(-1) === next ? EXPECTED_MS : 0;
  const begun = segments.findLast((segment) => segment !== next);
  if (begun === undefined) return 0;
  const isOpen = begun === open;
  return begun.wallClockMs + expectedMs + (isOpen ? GROWING_MS : toMilliseconds(begun.duration, timescale));
}

const printPeriod = (period: Period, lowLatency: LowLatency | null): Element =>
  element(
    'Period',
    {
      id: period.id,
      start: duration(period.startMs),
      duration: period.durationMs === null ? null : duration(period.durationMs),
    },
    ...adaptationSets(period, lowLatency),
  );
