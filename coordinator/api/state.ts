import { z } from '@hono/zod-openapi';
import type { State } from '../../wire/presentation.ts';

/** A state as the API shows it: its name, and what belongs to that beside it. */
export const Flat = z.object({
  state: z.enum(['packaging', 'ready', 'live', 'slate', 'standby', 'offline', 'failed']),
  /** While packaging, from 0 to 1. */
  progress: z.number().optional(),
  /** When failed or offline, or while a slate is shown. */
  reason: z.string().optional(),
  /** Since when it is live, offline or between, milliseconds since 1970. */
  since: z.number().optional(),
});
export type Flat = z.infer<typeof Flat>;

export function flatten(state: State): Flat {
  switch (state.name) {
    case 'packaging':
      return { state: state.name, progress: state.progress };
    case 'ready':
      return { state: state.name };
    case 'live':
    case 'standby':
      return { state: state.name, since: state.since };
    case 'slate':
    case 'offline':
      return { state: state.name, since: state.since, reason: state.reason };
    case 'failed':
      return { state: state.name, reason: state.reason };
  }
}
