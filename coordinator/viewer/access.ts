import type { Presentation } from '../web/presentation.ts';

const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * The token in the page's address, `/?watch=bbb#token=…`; null when there is none. A fragment is never sent to a server
 * (RFC 3986 §3.5), nor told to another site.
 */
export function tokenIn({ hash }: { readonly hash: string }): string | null {
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? '';
  return TOKEN.test(token) ? token : null;
}

/** A presentation as who has a token gets it. */
export const unlocked = (item: Presentation, token: string): Presentation => ({
  ...item,
  poster: item.poster && withToken(item.poster, token),
  play: {
    hls: withToken(item.play.hls, token),
    dash: withToken(item.play.dash, token),
    whep: item.play.whep && withToken(item.play.whep, token),
  },
});

const withToken = (url: string, token: string) => `${url}?token=${token}`;

/**
 * Where to start anew as the same session: with the token that is in an edge's URL, which of a token that counts
 * sessions is not the one that the viewer has.
 */
export function goingOn(playUrl: string, edgeUrl: string | undefined): string {
  const [, token] = /\/t\/([\w.-]+)\/v\//.exec(edgeUrl ?? '') ?? [];
  return token === undefined ? playUrl : playUrl.replace(/token=[\w.-]+/, `token=${token}`);
}
