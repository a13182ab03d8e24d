import { isSigned, macOf, type TokenKey, type TokenKeys } from './token-keys.ts';

/** How long an edge may take to ask for what it has signed, and clocks may differ. */
const PASS_MS = 60_000;
const SKEW_MS = 30_000;

const PASS = /^(([\w-]{4})\.([0-9a-z]{1,9}))\.([\w-]{22})$/;

/** The header in which an edge shows it. */
export const PASS_HEADER = 'Headwater-Pull';

/** Proves to the origin that an edge asks for a path: nobody else may pull what is protected. */
export function print(path: string, key: TokenKey, nowMs: number): string {
  const signed = `${key.id}.${Math.floor((nowMs + PASS_MS) / 1000).toString(36)}`;
  return `${signed}.${macOf(key, 'pull', `${signed} ${path}`)}`;
}

/** Whether a text is such a proof for a path, at this time. */
export function isPass(text: string, path: string, keys: TokenKeys, nowMs: number): boolean {
  const [, signed = '', keyId = '', until = '', mac = ''] = PASS.exec(text) ?? [];
  const leftMs = Number.parseInt(until, 36) * 1000 - nowMs;
  if (!(leftMs > -SKEW_MS && leftMs <= PASS_MS + SKEW_MS)) return false;
  return isSigned(keys, keyId, 'pull', `${signed} ${path}`, mac);
}
