import type { NodeId, PresentationId, TrackId } from './ids.ts';
import type { ChunkPath } from './paths.ts';

/** The JetStream stream that holds every track's timeline, one subject a track. */
export const TIMELINE_STREAM = 'HEADWATER_TIMELINE';

/**
 * Messages that the stream keeps for each track. A snapshot is among them at all times, so that who comes late can
 * start from it.
 */
export const TIMELINE_MESSAGES = 256;

/** The key-value bucket of presentations: one key a presentation, its latest description. */
export const PRESENTATIONS_BUCKET = 'headwater_presentations';

export const timelineSubject = (presentation: PresentationId, track: TrackId) =>
  `headwater.timeline.${presentation}.${track}`;

/** All timelines of a presentation. */
export const timelinesOf = (presentation: PresentationId) => `headwater.timeline.${presentation}.*`;

/** The track that a timeline subject belongs to, unchecked: the caller parses it. */
export const trackOf = (subject: string) => subject.slice(subject.lastIndexOf('.') + 1);

export const ALL_TIMELINES = 'headwater.timeline.*.*';

/** Where an edge renews its lease. Core NATS: a lease is worth nothing after its time to live. */
export const leaseSubject = (edge: NodeId) => `headwater.lease.${edge}`;

export const ALL_LEASES = 'headwater.lease.*';

/** A new coordinator asks here; every edge answers by renewing its lease at once. */
export const ROLL_CALL = 'headwater.rollcall';

/** Where the origin pushes a chunk's bytes, for the edges that listen. Core NATS: who misses one pulls it. */
export const pushSubject = ({ presentation, track, epoch, number, index }: ChunkPath) =>
  `headwater.media.${presentation}.${track}.${epoch}.${number}.${index}`;

/** All chunks of a track. */
export const pushesOf = (presentation: PresentationId, track: TrackId) =>
  `headwater.media.${presentation}.${track}.>`;

/** The chunk that was pushed on a subject, as its URL path; unchecked, the caller parses it. */
export function pushedPath(subject: string): string {
  const [, , presentation, track, epoch, number, index] = subject.split('.');
  return `/v/${presentation}/${track}/${epoch}/${number}.${index}.m4s`;
}
