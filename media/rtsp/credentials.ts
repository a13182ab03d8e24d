import { fromBase64 } from '../base64.ts';

/** A name and password that a client gave. */
export type Credentials = { readonly user: string; readonly password: string };

/** Reads an `Authorization` header of the Basic scheme (RFC 7617 §2); null for others, and for what can't be read. */
export function parse(header: string): Credentials | null {
  const [, encoded] = /^basic[ \t]+([\w+/=-]+)$/i.exec(header) ?? [];
  if (encoded === undefined) return null;
  const bytes = fromBase64(encoded);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes);
  const at = text.indexOf(':');
  return at < 0 ? null : { user: text.slice(0, at), password: text.slice(at + 1) };
}
