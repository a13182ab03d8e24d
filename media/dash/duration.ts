import type { Milliseconds } from '../time.ts';

/** An `xs:duration` (W3C XML Schema part 2, §3.2.6) in seconds alone, to the microsecond. */
export const duration = (ms: Milliseconds) => `PT${(ms / 1000).toFixed(6).replace(/\.?0+$/, '')}S`;
