import type { Milliseconds } from '../time.ts';
import type { Timeline } from '../timeline.ts';

/** What a client asks of a playlist's delivery (draft-pantos-hls-rfc8216bis §6.2.5). */
export type Directives = {
  /** Answer when the playlist holds this segment, or this chunk of it. */
  readonly block: { readonly number: number; readonly index: number | null } | null;
  /** Leave out what the client already has. */
  readonly skip: boolean;
};

export const NOTHING_ASKED: Directives = { block: null, skip: false };

const INTEGER = /^\d{1,15}$/;

/** Reads the delivery directives; gives the problem as a sentence when they can't be understood. */
export function parseDirectives(query: URLSearchParams): Directives | string {
  const msn = query.get('_HLS_msn');
  const part = query.get('_HLS_part');
  const skip = query.get('_HLS_skip');
  if (skip !== null && skip !== 'YES' && skip !== 'v2') return '_HLS_skip is YES or v2';
  if (msn === null && part !== null) return '_HLS_part needs _HLS_msn';
  if (msn !== null && !INTEGER.test(msn)) return '_HLS_msn is a decimal integer';
  if (part !== null && !INTEGER.test(part)) return '_HLS_part is a decimal integer';
  const block = msn === null ? null : { number: Number(msn), index: part === null ? null : Number(part) };
  return { block, skip: skip !== null };
}

/** How a playlist stands to what is asked of it. */
export type Reach = 'reached' | 'not-yet' | 'too-far';

/**
 * §6.2.5.2. "If the client requests a Part Index greater than that of the final Partial Segment of the Parent
 * Segment, the server MUST treat the request as one for Part Index 0 of the following Parent Segment."
 */
export function reach(
  timeline: Timeline,
  { number, index }: NonNullable<Directives['block']>,
  chunkDurationMs: Milliseconds | null,
): Reach {
  if (timeline.ended) return 'reached';
  const last = timeline.last?.number ?? -1;
  const wantsNext = index !== null && number === last && index >= Math.max(1, timeline.chunksOf(last).length);
  if (wantsNext) return timeline.open === null ? 'not-yet' : 'reached';
  if (number <= last) return 'reached';
  if (number > last + 2) return 'too-far';
  const { open } = timeline;
  const chunks = open?.number === number ? open.chunks.length : 0;
  if (index === null) return 'not-yet';
  if (chunks > index) return 'reached';
  return index - chunks > advanceLimit(chunkDurationMs) ? 'too-far' : 'not-yet';
}

/** "The Advance Part Limit is three if the Part Target Duration is one second or more, or [3/target] otherwise." */
const advanceLimit = (chunkDurationMs: Milliseconds | null) =>
  chunkDurationMs === null ? 3 : Math.ceil(3 / Math.min(1, chunkDurationMs / 1000));
