import type { Credentials } from '../../../media/rtsp/credentials.ts';

/** What a publisher said that it wants to publish, and with which key; nothing of it is checked. */
export type Said = {
  readonly presentation: string;
  /** Null when it gave none, and has to be asked. */
  readonly key: string | null;
};

/**
 * Reads `rtsp://host/<id>?key=<key>`, or the same without a key and with a password (whatever the user's name); null
 * where it names no channel.
 */
export function readAddress(uri: string, credentials: Credentials | null): Said | null {
  const url = parseUrl(uri);
  if (url === null) return null;
  const [presentation, ...more] = url.pathname.split('/').filter((part) => part !== '');
  if (presentation === undefined || more.length > 0) return null;
  return { presentation, key: url.searchParams.get('key') ?? credentials?.password ?? null };
}

/**
 * Which of the tracks of `base` a SETUP names; null for none. Clients put the control of a track behind the whole
 * address, its query included, or behind its path; some send it as an address of its own (RFC 2326 §C.1.1).
 */
export function findTrack(uri: string, base: string, controls: readonly (string | null)[]): number | null {
  const asked = pathOf(uri);
  const found = controls.findIndex((control) => control !== null && isTrack(uri, asked, base, control));
  if (found >= 0) return found;
  return controls.length === 1 && asked === pathOf(base) ? 0 : null;
}

function isTrack(uri: string, asked: string, base: string, control: string): boolean {
  if (uri === control || uri === `${base}/${control}` || uri === `${base}${control}`) return true;
  return asked === `${pathOf(base)}/${control}` || asked === pathOf(control);
}

const pathOf = (uri: string) => (parseUrl(uri)?.pathname ?? uri).replace(/\/+$/, '');

function parseUrl(uri: string): URL | null {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  return url !== null && /^rtsps?:$/.test(url.protocol) ? url : null;
}
