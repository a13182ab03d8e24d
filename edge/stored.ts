import { gzipSync } from 'node:zlib';
import { type Prepared, prepare } from '../runtime/prepared.ts';

/** An answer that is ready to be sent, as often as it is asked for. */
export type Stored = Prepared & {
  readonly etag: string;
  /** Seconds of playback that one such answer stands for; 0 for all but segments of the leading track kind. */
  readonly mediaSeconds: number;
  /** The same compressed with gzip, made when it is first asked for; null for what is not worth it. */
  readonly zipped: (() => Stored) | null;
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
  const headers = headersOf(etag, type, cacheControl);
  return { ...prepare(bytes, headers), etag, mediaSeconds, zipped: null };
}

/** Text, which is sent compressed to whom that suits. `tag` is its entity tag without the quotes. */
export function storeText(text: string, tag: string, type: string, cacheControl: string): Stored {
  const bytes = new TextEncoder().encode(text);
  const headers = { ...headersOf(`"${tag}"`, type, cacheControl), Vary: 'Accept-Encoding' };
  const zipped = bytes.byteLength < ZIP_FROM_BYTES ? null : once(() => zip(bytes, tag, headers));
  return { ...prepare(bytes, headers), etag: `"${tag}"`, mediaSeconds: 0, zipped };
}

/** Below this a compressed answer saves no packet (about 1,400 bytes, headers included). */
const ZIP_FROM_BYTES = 1_024;

/** zlib's own default. 9 takes five times as long for a twentieth of the bytes; the same on all edges. */
const ZIP_LEVEL = 6;

/** "A strong validator is unique across all representations" (RFC 9110 §8.8.1): each coding has a tag of its own. */
function zip(bytes: Uint8Array, tag: string, headers: Stored['headers']): Stored {
  const etag = `"${tag}-gzip"`;
  const body = new Uint8Array(gzipSync(bytes, { level: ZIP_LEVEL }));
  const { 'Accept-Ranges': _, ...rest } = headers;
  return {
    ...prepare(body, { ...rest, ETag: etag, 'Content-Encoding': 'gzip' }),
    etag,
    mediaSeconds: 0,
    zipped: null,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const headersOf = (etag: string, type: string, cacheControl: string) => ({
  'Content-Type': type,
  'Cache-Control': cacheControl,
  ETag: etag,
  'Accept-Ranges': 'bytes',
  ...CORS,
});

/** A copy of the body. */
export const bytesOf = async (stored: Stored) => new Uint8Array(await stored.whole().arrayBuffer());
