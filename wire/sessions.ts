import { z } from 'zod';
import { TOKEN_SESSIONS_MAX, TokenId } from './token.ts';

/** How often an edge tells which counted sessions asked for something. */
export const SESSIONS_TELL_MS = 5_000;

/** How long a session counts after that: a player with a full buffer is silent for a while. */
export const SESSION_TTL_MS = 15_000;

/** Sessions in one message, some 100 bytes each. */
export const SESSIONS_TOLD_MAX = 500;

/** A session of a token that counts them. */
export const SessionSeen = z.object({
  token: TokenId,
  /** Those that began earlier sort before those that began later. */
  session: TokenId,
  /** How many the token is good for. */
  max: z.int().min(1).max(TOKEN_SESSIONS_MAX),
  /** When the token expires, milliseconds since 1970. */
  untilMs: z.number().positive(),
});
export type SessionSeen = Readonly<z.infer<typeof SessionSeen>>;

/** What an edge says of the sessions that asked it for something since it said so before. */
export const SessionsSeen = z.object({ sessions: z.array(SessionSeen).max(SESSIONS_TOLD_MAX) });
export type SessionsSeen = Readonly<z.infer<typeof SessionsSeen>>;
