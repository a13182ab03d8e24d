/** What a publisher said that it wants to publish, and with which key; nothing of it is checked. */
export type Said = { readonly presentation: string; readonly key: string };

/** The application under which everything is published: `rtmp://host/live/…`. */
const APPLICATION = 'live';

/**
 * Reads a publisher's application and stream name; null when they name no channel. Encoders split an address in their
 * own ways, so these are the same:
 *
 * - application `live`, name `<id>?key=<key>`: ffmpeg's address, and OBS with the server `rtmp://host/live`
 * - application `live/<id>`, name `<key>`: OBS with the server `rtmp://host/live/<id>`
 * - application `live?key=<key>`, name `<id>`: encoders that put the query to the server
 */
export function readClaim(application: string, name: string): Said | null {
  const app = split(application);
  const stream = split(name);
  const path = [...app.path, ...stream.path];
  const [first, presentation, last, ...rest] = path;
  if (first !== APPLICATION || presentation === undefined || rest.length > 0) return null;
  const key = stream.query.get('key') ?? app.query.get('key');
  if (key !== null) return last === undefined ? { presentation, key } : null;
  return { presentation, key: last ?? '' };
}

function split(text: string): { readonly path: readonly string[]; readonly query: URLSearchParams } {
  const [path = '', ...query] = text.split('?');
  return {
    path: path.split('/').filter((part) => part !== ''),
    query: new URLSearchParams(query.join('?')),
  };
}
