/** What a Range header asks of a body (RFC 9110 §14.2). */
export type Range =
  | { readonly kind: 'whole' }
  /** First and last byte, both included. */
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  | { readonly kind: 'unsatisfiable' };

const ONE_RANGE = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/i;
const OTHER_UNIT = /^(?!bytes=)[a-z][a-z0-9-]*=/i;
const MANY_RANGES = /^bytes=\s*\d*-\d*\s*(,\s*\d*-\d*\s*)+$/i;

/**
 * Reads a Range header for a body of `size` bytes. Of several ranges none is sent ("a server MAY ignore the Range
 * header field"): the whole body is, as for a unit that is not known, which "MUST" be ignored. One that is malformed
 * is unsatisfiable, where it may also be ignored: a client with a bug is told so.
 */
export function parseRange(header: string | null, size: number): Range {
  if (header === null || MANY_RANGES.test(header) || OTHER_UNIT.test(header)) return { kind: 'whole' };
  const match = ONE_RANGE.exec(header);
  const [, from = '', to = ''] = match ?? [];
  if (match === null || (from === '' && to === '')) return { kind: 'unsatisfiable' };
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  const suffixOfNothing = from === '' && Number(to) === 0;
  return first > last || suffixOfNothing ? { kind: 'unsatisfiable' } : { kind: 'part', first, last };
}
