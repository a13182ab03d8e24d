import { LRUCache } from 'lru-cache';
import { readWeights } from '../runtime/accept-encoding.ts';
import type { Stored } from './stored.ts';

/** `Accept-Encoding` headers that are remembered: browsers and players send a few dozen kinds. */
const HEADERS_MAX = 256;

/** Gives what a request is answered from: something stored, or the same compressed where the client takes that. */
export type Choose = (request: Request, stored: Stored) => Stored;

/** A range is always one of the identity: players ask for media in ranges, and for playlists whole. */
export function codings(): Choose {
  const known = new LRUCache<string, boolean>({ max: HEADERS_MAX });
  const takes = (header: string) => {
    const before = known.get(header);
    if (before !== undefined) return before;
    const taken = takesGzip(header);
    known.set(header, taken);
    return taken;
  };
  return ({ headers }, stored) => {
    if (stored.zipped === null || !headers.has('Accept-Encoding') || headers.has('Range')) return stored;
    return takes(headers.get('Accept-Encoding') ?? '') ? stored.zipped() : stored;
  };
}

/** Where gzip is wanted as much as what is not coded, or more (RFC 9110 §12.5.3). */
export function takesGzip(header: string): boolean {
  const weightOf = readWeights(header);
  const gzip = weightOf('gzip') ?? 0;
  return gzip > 0 && gzip >= (weightOf('identity') ?? 0);
}
