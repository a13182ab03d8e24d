import { parseRange } from './range.ts';
import { CORS, type Stored } from './stored.ts';

/**
 * What GET or HEAD of something stored is answered with, or null when that is all of it: conditions first, then
 * ranges (RFC 9110 §13.2.2), which only GET has (§14.2).
 */
export function answer(request: Request, method: string, stored: Stored): Response | null {
  const { headers } = request;
  // To ask whether there is a header costs less than to be given it, and there almost never is.
  if (headers.has('If-None-Match') && isUnchanged(headers.get('If-None-Match'), stored.etag)) {
    return notModified(stored);
  }
  if (method === 'HEAD') return head(stored);
  if (!headers.has('Range')) return null;
  const range = headers.get('Range');
  if (range === null || !mayRange(headers.get('If-Range'), stored.etag)) return null;
  return ranged(stored, range);
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

function ranged(stored: Stored, header: string): Response | null {
  const { size } = stored;
  const range = parseRange(header, size);
  switch (range.kind) {
    case 'whole':
      return null;
    case 'unsatisfiable':
      return refuse(416, `no such range: this has ${size} bytes`, { 'Content-Range': `bytes */${size}` });
    case 'part': {
      const { first, last } = range;
      const headers = { ...stored.headers, 'Content-Range': `bytes ${first}-${last}/${size}` };
      return new Response(stored.part(first, last), { status: 206, headers });
    }
  }
}

const head = ({ headers, size }: Stored) =>
  new Response(null, { headers: { ...headers, 'Content-Length': String(size) } });

/** One line that says what is wrong. Errors are not to be kept: what is missing now may exist in a second. */
export const refuse = (status: number, problem: string, extra: Readonly<Record<string, string>> = {}) =>
  new Response(`${problem}\n`, {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...CORS, ...extra },
  });
