import { parseRange } from './range.ts';
import { CORS, type Stored } from './stored.ts';

/** Answers GET and HEAD for something stored: conditions first, then ranges (RFC 9110 §13.2.2). */
export function answer(request: Request, stored: Stored): Response {
  const { headers } = request;
  if (isUnchanged(headers.get('If-None-Match'), stored.etag)) return notModified(stored);
  const range = headers.get('Range');
  if (range !== null && mayRange(headers.get('If-Range'), stored.etag)) return ranged(request, stored, range);
  if (request.method === 'HEAD') return head(stored, 200, {});
  return new Response(stored.bytes, { headers: stored.headers });
}

function isUnchanged(condition: string | null, etag: string): boolean {
  if (condition === null) return false;
  return condition === '*' || condition.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

const mayRange = (condition: string | null, etag: string) => condition === null || condition === etag;

const notModified = ({ headers }: Stored) => {
  const { 'Content-Type': _, ...rest } = headers;
  return new Response(null, { status: 304, headers: rest });
};

function ranged(request: Request, stored: Stored, header: string): Response {
  const size = stored.bytes.byteLength;
  const range = parseRange(header, size);
  switch (range.kind) {
    case 'whole':
      return new Response(stored.bytes, { headers: stored.headers });
    case 'unsatisfiable':
      return refuse(416, `no such range: this has ${size} bytes`, { 'Content-Range': `bytes */${size}` });
    case 'part': {
      const { first, last } = range;
      const extra = { 'Content-Range': `bytes ${first}-${last}/${size}` };
      if (request.method === 'HEAD') return head(stored, 206, extra, last - first + 1);
      const body = stored.bytes.subarray(first, last + 1);
      return new Response(body, { status: 206, headers: { ...stored.headers, ...extra } });
    }
  }
}

function head(
  { headers, bytes }: Stored,
  status: number,
  extra: Readonly<Record<string, string>>,
  length = bytes.byteLength,
): Response {
  return new Response(null, { status, headers: { ...headers, ...extra, 'Content-Length': String(length) } });
}

/** One line that says what is wrong. Errors are not to be kept: what is missing now may exist in a second. */
export const refuse = (status: number, problem: string, extra: Readonly<Record<string, string>> = {}) =>
  new Response(`${problem}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...CORS, ...extra },
  });
