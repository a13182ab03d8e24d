import { type Prepared, prepare } from '../runtime/prepared.ts';

/** An answer that is ready to be sent, as often as it is asked for. */
export type Stored = Prepared & {
  readonly etag: string;
  /** Seconds of playback that one such answer stands for; 0 for all but segments of the leading track kind. */
  readonly mediaSeconds: number;
};

/** Any page may play from an edge (Fetch standard, CORS protocol); players read these headers. */
export const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Content-Length, Content-Range, Date, ETag',
} as const;

/** Media never changes under its URL (RFC 8246). */
export const IMMUTABLE = 'public, max-age=31536000, immutable';

export function store(
  bytes: Uint8Array<ArrayBuffer>,
  etag: string,
  type: string,
  cacheControl: string,
  mediaSeconds = 0,
): Stored {
  const headers = {
    'Content-Type': type,
    'Cache-Control': cacheControl,
    ETag: etag,
    'Accept-Ranges': 'bytes',
    ...CORS,
  };
  return { ...prepare(bytes, headers), etag, mediaSeconds };
}

/** A copy of the body. */
export const bytesOf = async (stored: Stored) => new Uint8Array(await stored.whole().arrayBuffer());
