import type { Check } from './check.ts';
import { ACROSS } from './rules/across.ts';
import { ANSWERS } from './rules/answers.ts';
import { BANDWIDTHS } from './rules/bandwidths.ts';
import { CONTROL } from './rules/control.ts';
import { DATES } from './rules/dates.ts';
import { DELTAS } from './rules/deltas.ts';
import { HISTORY } from './rules/history.ts';
import { MEDIA } from './rules/media.ts';
import { MULTIVARIANT } from './rules/multivariant.ts';
import { PARTS } from './rules/parts.ts';
import { PROBES } from './rules/probes.ts';
import { SEGMENTS } from './rules/segments.ts';
import { SYNTAX } from './rules/syntax.ts';
import { TIMESTAMPS } from './rules/timestamps.ts';
import { UPDATES } from './rules/updates.ts';
import { MEDIA_VERSIONS, MULTIVARIANT_VERSIONS } from './rules/versions.ts';

/** Every rule, by what it looks at. */
export const REGISTRY = {
  /** One media playlist. */
  playlist: [...SYNTAX, ...SEGMENTS, ...MEDIA_VERSIONS, ...CONTROL, ...PARTS, ...DATES],
  /** The multivariant playlist. */
  multivariant: [...MULTIVARIANT, ...MULTIVARIANT_VERSIONS],
  /** Two versions of one media playlist. */
  update: UPDATES,
  /** A delta update beside what it stands for. */
  delta: DELTAS,
  /** All playlists of a presentation. */
  across: ACROSS,
  /** An answer of HTTP. */
  answer: ANSWERS,
  /** A request whose answer is prescribed. */
  probe: PROBES,
  /** A playlist over time. */
  history: HISTORY,
  /** The bytes of a segment. */
  media: MEDIA,
  /** The clocks of a presentation. */
  timestamps: TIMESTAMPS,
  /** The bit rates of a complete presentation. */
  complete: BANDWIDTHS,
} as const;

/** What all rules say of themselves. */
export const allChecks = (): readonly Pick<Check<never>, 'id' | 'section' | 'sentence' | 'level'>[] =>
  Object.values(REGISTRY).flat();
