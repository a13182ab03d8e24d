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

/** Where an edge says that somebody watches a presentation which works on demand. Core NATS: it is said again. */
export const demandSubject = (presentation: PresentationId) => `headwater.demand.${presentation}`;

export const ALL_DEMAND = 'headwater.demand.*';

/** The presentation of such a subject, unchecked: the caller parses it. */
export const demandedId = (subject: string) => subject.slice(subject.lastIndexOf('.') + 1);

/** How often an edge says so. */
export const DEMAND_RENEWAL_MS = 1_000;

/** How long nobody has to watch for the work to stop. */
export const DEMAND_TTL_MS = 15_000;

/** The key-value bucket of channels: one key a channel, its record. */
export const CHANNELS_BUCKET = 'headwater_channels';

/** The key-value bucket of what the coordinator must know of an origin. */
export const ORIGINS_BUCKET = 'headwater_origins';

/** The key-value bucket of tokens that are good no more: one key a token or session. */
export const REVOCATIONS_BUCKET = 'headwater_revocations';

/** Where edges tell which counted sessions play. Core NATS: it is said again. */
export const SESSIONS_SUBJECT = 'headwater.sessions';
