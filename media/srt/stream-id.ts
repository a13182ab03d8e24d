/** What a caller says in its stream id that it wants. */
export type StreamId =
  | { readonly kind: 'publish'; readonly resource: string; readonly key: string }
  /** It wants something else, such as to receive. */
  | { readonly kind: 'other-mode' }
  | { readonly kind: 'malformed' };

/** Largest stream id (draft-sharabayko-srt §3.2.1.3). */
const BYTES_MAX = 512;

const MALFORMED = { kind: 'malformed' } as const;

/** Reads the content of the stream id extension: words whose bytes are in the reverse order, filled up with zeros. */
export function readStreamId(content: Uint8Array): StreamId {
  if (content.byteLength > BYTES_MAX) return MALFORMED;
  const bytes = content.map((_, index) => content[index ^ 3] ?? 0);
  const text = new TextDecoder().decode(bytes).replace(/\0+$/, '');
  return text.startsWith('#!::') ? parseKeyed(text.slice(4)) : parsePlain(text);
}

/** `publish:<resource>:<key>`; the key may hold colons. */
function parsePlain(text: string): StreamId {
  const [mode, resource, ...key] = text.split(':');
  if (mode === 'publish' && resource && key.length > 0)
    return { kind: 'publish', resource, key: key.join(':') };
  return mode === 'request' || mode === 'read' || mode === 'play' ? { kind: 'other-mode' } : MALFORMED;
}

/**
 * `m=publish,r=<resource>,s=<key>`, in any order (appendix B). Keys that are not known are left out; the mode is
 * `request` where none is said.
 */
function parseKeyed(text: string): StreamId {
  const pairs = new Map(
    text.split(',').map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, Math.max(0, equals)), pair.slice(equals + 1)] as const;
    }),
  );
  const [resource, key] = [pairs.get('r'), pairs.get('s')];
  if ((pairs.get('m') ?? 'request') !== 'publish') return { kind: 'other-mode' };
  return resource && key !== undefined ? { kind: 'publish', resource, key } : MALFORMED;
}
