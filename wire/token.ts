import { z } from 'zod';
import { canonicalAddress } from './address.ts';
import { PresentationId } from './ids.ts';
import { read } from './message.ts';
import { isSigned, macOf, type TokenKey, type TokenKeys } from './token-keys.ts';

/** Of a token or a session: what is revoked is named by it. */
export const TokenId = z
  .string()
  .regex(/^[\w-]{8,32}$/, 'the id of a token is 8 to 32 letters, digits, - and _')
  .brand<'TokenId'>();
export type TokenId = z.infer<typeof TokenId>;

/** Bounds what is kept of revoked tokens: after this a token is worth nothing anyway. */
export const TOKEN_LIFETIME_MAX_MS = 30 * 24 * 3_600_000;

/** Sessions that one token may be good for. */
export const TOKEN_SESSIONS_MAX = 1_000;

/** Longer than all claims together can be. */
export const TOKEN_MAX_CHARS = 1_024;

/** What a token says. */
export type Claims = {
  readonly presentation: PresentationId;
  /** Milliseconds since 1970, whole seconds. */
  readonly expiresAtMs: number;
  readonly id: TokenId;
  /** The only address that it is good from, in its canonical spelling. */
  readonly address: string | null;
  /** How many may play with it at once. */
  readonly sessionsMax: number | null;
  /** Which of them this is; `/play` gives one to each. */
  readonly session: TokenId | null;
  /** Whom it was made for, in the words of who made it; nothing is decided by it. */
  readonly subject: string | null;
};

/** On the wire: short names, since a token is in the URL of each segment. */
const Packed = z
  .object({
    p: PresentationId,
    /** Seconds since 1970. */
    e: z.int().positive(),
    i: TokenId,
    a: z
      .string()
      .refine((text) => canonicalAddress(text) === text)
      .optional(),
    n: z.int().min(1).max(TOKEN_SESSIONS_MAX).optional(),
    s: TokenId.optional(),
    u: z.string().min(1).max(100).optional(),
  })
  .strict();

/** The parts of a token: `<key id>.<claims in base64url>` and its signature. */
const TOKEN = /^(([\w-]{4})\.([\w-]+))\.([\w-]{22})$/;

/** A token of these claims: three parts of base64url, joined by dots. */
export function print(claims: Claims, key: TokenKey): string {
  const { presentation, expiresAtMs, id, address, sessionsMax, session, subject } = claims;
  const packed = JSON.stringify({
    p: presentation,
    e: Math.floor(expiresAtMs / 1000),
    i: id,
    a: address ?? undefined,
    n: sessionsMax ?? undefined,
    s: session ?? undefined,
    u: subject ?? undefined,
  });
  const signed = `${key.id}.${Buffer.from(packed).toString('base64url')}`;
  return `${signed}.${macOf(key, 'play', signed)}`;
}

/** The claims of a token that was signed with one of the keys; null for any other text. */
export function parse(text: string, keys: TokenKeys): Claims | null {
  if (text.length > TOKEN_MAX_CHARS) return null;
  const [, signed = '', keyId = '', packed = '', mac = ''] = TOKEN.exec(text) ?? [];
  return isSigned(keys, keyId, 'play', signed, mac) ? claimsOf(packed) : null;
}

function claimsOf(base64: string): Claims | null {
  const packed = read(Packed, Buffer.from(base64, 'base64url'));
  if (packed === null) return null;
  return {
    presentation: packed.p,
    expiresAtMs: packed.e * 1000,
    id: packed.i,
    address: packed.a ?? null,
    sessionsMax: packed.n ?? null,
    session: packed.s ?? null,
    subject: packed.u ?? null,
  };
}

/**
 * A token as a name and a password: what is signed, and its signature. Who holds a key can tell the password from the
 * name, so that even Digest, which never sends the password, needs nothing that is kept.
 */
export const asCredentials = (token: string): { readonly user: string; readonly password: string } => {
  const at = token.lastIndexOf('.');
  return { user: token.slice(0, at), password: token.slice(at + 1) };
};

/** The token of such a name; null when it can't be one of the keys'. It proves nothing of who sent the name. */
export function ofUser(user: string, keys: TokenKeys): string | null {
  const key = keys.find(({ id }) => user.startsWith(`${id}.`));
  return key === undefined || user.length > TOKEN_MAX_CHARS ? null : `${user}.${macOf(key, 'play', user)}`;
}
