import { type Request, type Response, respond } from '../../../media/rtsp/message.ts';
import type { Session } from './session.ts';

/** Names that are looked at in one request. */
const NAMES_MAX = 16;

/**
 * Answers GET_PARAMETER and SET_PARAMETER: empty ones ask whether we live (RFC 2326 §10.8), `position` is where a film
 * stands, and there is nothing to set.
 */
export function readParameters({ method, body }: Request, session: Session | null): Response {
  const fields = session === null ? {} : { Session: session.id };
  const lines = new TextDecoder().decode(body).split(/\r?\n/, NAMES_MAX);
  const names = lines.map((line) => line.split(':')[0]?.trim() ?? '').filter((name) => name !== '');
  if (names.length === 0) return respond(200, fields);
  const values = method === 'GET_PARAMETER' ? names.map((name) => parameterOf(name, session)) : [null];
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return respond(451, fields, 'There is no such parameter, but position');
  const text = names.map((name, index) => `${name}: ${known[index]}\r\n`).join('');
  return respond(
    200,
    { ...fields, 'Content-Type': 'text/parameters' },
    undefined,
    new TextEncoder().encode(text),
  );
}

/** Null for one that there is not. */
function parameterOf(name: string, session: Session | null): string | null {
  if (name !== 'position' || session === null) return null;
  return session.position?.toFixed(3) ?? 'now';
}
