import { PresentationId } from '../wire/ids.ts';
import { type Claims, print, TokenId } from '../wire/token.ts';
import { keyOf, type TokenKey } from '../wire/token-keys.ts';

/** Keys of a cluster under test: the first signs. */
export const KEY = keyOf('a key of the cluster, 32 characters long'.replaceAll(/\W/g, '-'));
export const SPARE = keyOf('another key that will be used one day'.replaceAll(/\W/g, '-'));
export const KEYS = [KEY, SPARE];

/** What a token of the film `bbb` says that is good for an hour. */
export const claims = (nowMs: number, change: Partial<Claims> = {}): Claims => ({
  presentation: PresentationId.parse('bbb'),
  expiresAtMs: Math.floor(nowMs / 1000) * 1000 + 3_600_000,
  id: TokenId.parse('token-of-a-viewer'),
  address: null,
  sessionsMax: null,
  session: null,
  subject: null,
  ...change,
});

export const tokenOf = (nowMs: number, change: Partial<Claims> = {}, key: TokenKey = KEY): string =>
  print(claims(nowMs, change), key);
