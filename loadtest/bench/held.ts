/** Releases all that the bare server holds. */
export const RELEASE = 'headwater.bench.release';

/** As many headers as an edge's answers have. */
export const HEADERS = {
  'Content-Type': 'video/iso.segment',
  'Cache-Control': 'public, max-age=31536000, immutable',
  ETag: '"bench"',
  'Accept-Ranges': 'bytes',
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Content-Length, Content-Range, Date, ETag',
} as const;
