import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 144 bits: too many to be guessed, so that a fast hash keeps them as safe as a slow one. */
const KEY_BYTES = 18;

/** A new key, of letters, digits, `-` and `_`. */
export const newKey = (): string => randomBytes(KEY_BYTES).toString('base64url');

/** What is kept of a key: SHA-256, in hexadecimal digits. */
export const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Compares in a time that does not tell how much of a key is right. */
export function isKey(key: string, hash: string): boolean {
  const given = Buffer.from(hashKey(key), 'hex');
  const kept = Buffer.from(hash, 'hex');
  return kept.byteLength === given.byteLength && timingSafeEqual(given, kept);
}
