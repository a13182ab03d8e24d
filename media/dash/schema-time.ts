import type { Milliseconds } from '../time.ts';

/** An `xs:duration` (W3C XML Schema part 2, §3.2.6) in seconds alone, to the microsecond. */
export const duration = (ms: Milliseconds) => `PT${(ms / 1000).toFixed(6).replace(/\.?0+$/, '')}S`;

/** An `xs:dateTime` (§3.2.7) to the microsecond, from milliseconds since 1970. */
export function dateTime(ms: Milliseconds): string {
  const micros = Math.floor((ms - Math.floor(ms)) * 1000);
  return new Date(ms).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
