import { Counter, Trend } from 'k6/metrics';

/** From asking the coordinator to the first segment of each rendition in memory. */
export const startupTime = new Trend('headwater_startup_time', true);

/** From asking for a segment to its last byte. */
export const segmentTime = new Trend('headwater_segment_time', true);

/** Times that a viewer had nothing left to play. */
export const stalls = new Counter('headwater_stalls');

/** How much of a session, from 0 to 1, its viewer waited for something to play. */
export const stalledShare = new Trend('headwater_stalled_share');

/** Redirects that a viewer followed from the first request to the last. */
export const redirects = new Trend('headwater_redirects_per_session');

/** Viewers that played to the end. */
export const sessions = new Counter('headwater_sessions');
