import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** A secret that the nodes of a cluster share, and the name by which what was signed with it says so. */
export type TokenKey = { readonly id: string; readonly secret: string };

/** The first signs, all verify. None: nothing that is protected can be played. */
export type TokenKeys = readonly TokenKey[];

/** What something is signed for. A signature for one is none for another. */
export type Purpose = 'play' | 'pull';

/** One that signs, one that will, and one whose tokens still run. */
const KEYS_MAX = 4;

/** 32 characters of base64url hold 192 bits. */
const SECRET = /^[\w-]{32,128}$/;

/** Characters of base64url: of a key's name, and of 128 bits, half of the hash (RFC 2104 §5). */
const ID_CHARS = 4;
const MAC_CHARS = 22;

/** Of `HEADWATER_TOKEN_KEYS`: secrets separated by commas; null when nothing is set. */
export const TokenKeysSetting = z
  .string()
  .nullable()
  .transform((text) => (text ?? '').split(',').filter((part) => part.trim() !== ''))
  .pipe(
    z
      .array(z.string().trim().regex(SECRET, 'a key is 32 to 128 letters, digits, - and _'))
      .max(KEYS_MAX, `${KEYS_MAX} keys at most`),
  )
  .transform((secrets): TokenKeys => secrets.map(keyOf));

/** A key and its name, which tells nothing of it. */
export function keyOf(secret: string): TokenKey {
  const id = createHash('sha256').update(secret).digest('base64url').slice(0, ID_CHARS);
  return { id, secret };
}

/** HMAC-SHA-256 (RFC 2104) of a text, 22 characters of base64url. */
export const macOf = ({ secret }: TokenKey, purpose: Purpose, text: string): string =>
  createHmac('sha256', secret)
    .update(`headwater ${purpose}\n${text}`)
    .digest('base64url')
    .slice(0, MAC_CHARS);

/** Whether a text was signed with one of the keys, in a time that does not tell how much of `mac` is right. */
export function isSigned(
  keys: TokenKeys,
  keyId: string,
  purpose: Purpose,
  text: string,
  mac: string,
): boolean {
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined || mac.length !== MAC_CHARS) return false;
  const given = Buffer.from(mac, 'latin1');
  return timingSafeEqual(given, Buffer.from(macOf(key, purpose, text), 'latin1'));
}
