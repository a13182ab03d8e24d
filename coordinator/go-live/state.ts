import { clock } from '../web/words.ts';

/** How publishing goes. Times are milliseconds since 1970. */
export type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly sinceMs: number }
  /** It was live, and is tried again. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** The state as a line, and how it looks. */
export function lineOf(
  state: State,
  nowMs: number,
): { readonly tone: 'quiet' | 'live' | 'warn'; readonly text: string } {
  switch (state.kind) {
    case 'idle':
      return { tone: 'quiet', text: 'Not on the air' };
    case 'connecting':
      return { tone: 'warn', text: 'Connecting…' };
    case 'live':
      return { tone: 'live', text: `Live for ${clock(Math.max(0, nowMs - state.sinceMs))}` };
    case 'lost':
      return { tone: 'warn', text: 'Connecting again…' };
    case 'failed':
      return { tone: 'quiet', text: 'Not on the air' };
  }
}

/** Whether publishing was begun and not yet ended. */
export const isOn = ({ kind }: State): boolean => kind === 'connecting' || kind === 'live' || kind === 'lost';

/** What is wrong, for people; null when nothing is. */
export const complaintOf = (state: State): string | null =>
  state.kind === 'lost' || state.kind === 'failed' ? state.reason : null;
