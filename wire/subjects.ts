import type { NodeId, PresentationId, TrackId } from './ids.ts';

/** The JetStream stream that holds every track's timeline, one subject a track. */
export const TIMELINE_STREAM = 'HEADWATER_TIMELINE';

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
