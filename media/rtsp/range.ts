import type { Seconds } from '../time.ts';

/** A part of a presentation in normal play time (RFC 2326 §3.6, RFC 7826 §4.4.2). */
export type Range = {
  /** `now` is the live edge; null where only the end is said: from where it stands. */
  readonly start: Seconds | 'now' | null;
  /** Null for the end of the presentation. It is before the start where it is played backwards. */
  readonly end: Seconds | null;
};

export type ReadRange =
  | { readonly kind: 'range'; readonly range: Range }
  /** Another unit than `npt`: what is not understood is answered with 501 (RFC 2326 §12.29). */
  | { readonly kind: 'unknown-unit'; readonly unit: string }
  | { readonly kind: 'malformed' };

const MALFORMED: ReadRange = { kind: 'malformed' };
const UNIT = /^\s*([\w-]{1,64})\s*=\s*([^;]*?)\s*(?:;.*)?$/s;
const NPT = /^([\d.:]+|now)?\s*-\s*([\d.:]+|now)?$/i;
const SECONDS = /^\d{1,19}(?:\.\d{0,19})?$/;
const CLOCK = /^(\d{1,19}):([0-5]?\d):([0-5]?\d(?:\.\d{0,19})?)$/;

/** Reads a `Range` header, or the attribute of SDP. When it is to begin (`;time=`) is left out. */
export function parse(header: string): ReadRange {
  const [, unit, spec = ''] = UNIT.exec(header) ?? [];
  if (unit === undefined) return MALFORMED;
  if (unit.toLowerCase() !== 'npt') return { kind: 'unknown-unit', unit };
  const [whole, first, second] = NPT.exec(spec) ?? [];
  if (whole === undefined || (first === undefined && second === undefined)) return MALFORMED;
  const start = first === undefined ? null : readTime(first);
  const end = second === undefined ? null : readTime(second);
  if (start === 'malformed' || end === 'malformed' || end === 'now') return MALFORMED;
  return { kind: 'range', range: { start, end } };
}

function readTime(text: string): Seconds | 'now' | 'malformed' {
  if (text.toLowerCase() === 'now') return 'now';
  if (SECONDS.test(text)) return Number(text);
  const [, hours, minutes, seconds] = CLOCK.exec(text) ?? [];
  return hours === undefined ? 'malformed' : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** `npt=12.5-30`, `npt=now-`; to a microsecond. */
export const print = ({ start, end }: Range): string => `npt=${printTime(start)}-${printTime(end)}`;

function printTime(time: Seconds | 'now' | null): string {
  if (time === null || time === 'now') return time ?? '';
  return time.toFixed(6).replace(/\.?0+$/, '');
}
