import type { Wish } from '../pick.ts';

/** What an address asks for. Nothing of it is checked, but that it can be read. */
export type Address = {
  /** An id, maybe. */
  readonly presentation: string;
  /** From `?token=` or `/t/<token>/`; null where there is none. */
  readonly token: string | null;
  readonly wish: Wish;
  /** All tracks in one transport stream. */
  readonly isTransportStream: boolean;
  /** The name of the one track that it means; null where it means all. */
  readonly track: string | null;
  /** What the addresses of its tracks begin with: without a query, since clients put them behind that. */
  readonly base: string;
};

/** The control of a track within its presentation. */
const TRACK = /\/track=([a-z0-9][a-z0-9_+-]{0,255})\/*$/;

/** Tokens are longer than names, and stay shorter than this. */
const TOKEN = /^[\w.~=-]{1,1024}$/;

export const controlOf = (track: string): string => `track=${track}`;

/**
 * Reads `rtsp://host/<id>?video=<track>&audio=<track>&container=ts&token=<token>`, also as `/t/<token>/<id>`, with the
 * control of a track behind it, which some clients put behind the query; null where it names no presentation.
 */
export function readAddress(uri: string): Address | null {
  const track = TRACK.exec(uri)?.[1] ?? null;
  const whole = uri.replace(TRACK, '');
  const url = URL.canParse(whole) ? new URL(whole) : null;
  if (url === null || !/^rtsps?:$/.test(url.protocol)) return null;
  const parts = url.pathname.split('/').filter((part) => part !== '');
  const [prefix, inPath, ...rest] = parts;
  const isBehindToken = prefix === 't' && parts.length === 3;
  const [presentation, ...more] = isBehindToken ? rest : parts;
  if (presentation === undefined || more.length > 0) return null;
  const { searchParams } = url;
  const token = isBehindToken ? (inPath ?? null) : searchParams.get('token');
  if (token !== null && !TOKEN.test(token)) return null;
  const before = token === null ? '' : `/t/${token}`;
  return {
    presentation,
    token,
    track,
    wish: { video: searchParams.get('video'), audio: searchParams.get('audio') },
    isTransportStream: searchParams.get('container') === 'ts',
    base: `${url.protocol}//${url.host}${before}/${presentation}/`,
  };
}
