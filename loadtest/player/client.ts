import { check } from 'k6';
import http from 'k6/http';
import { resolve } from './url.ts';

/** What is asked for: the media type that it must have. */
export const TYPES = {
  multivariant: 'application/vnd.apple.mpegurl',
  playlist: 'application/vnd.apple.mpegurl',
  init: 'video/mp4',
  segment: 'video/iso.segment',
} as const;

export type Kind = keyof typeof TYPES;

/** An answer that was as it must be. */
export type Got = {
  /** Where it was in the end. */
  readonly url: string;
  /** Empty for media. */
  readonly text: string;
  readonly ms: number;
};

/** More in a row than any service would send on purpose. */
const REDIRECTS_MAX = 5;

/** One viewer's HTTP: follows redirects by itself to count them, and checks every answer. */
export class Client {
  redirects = 0;

  /** Null when the answer is not as it must be; the failed check says why. */
  get(kind: Kind, url: string): Got | null {
    let at = url;
    let ms = 0;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const response = request(kind, at);
      ms += response.timings.duration;
      const location = response.headers.Location;
      if (!isRedirect(response.status) || location === undefined) return accept(kind, at, response, ms);
      at = resolve(at, location);
      this.redirects += 1;
    }
    return null;
  }
}

type Answer = ReturnType<typeof request>;

/** The name keeps one series of figures for a kind, however many URLs it has. */
const request = (kind: Kind, url: string) =>
  http.get(url, { redirects: 0, tags: { name: kind }, responseType: 'binary', timeout: '10s' });

const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304;

function accept(kind: Kind, url: string, response: Answer, ms: number): Got | null {
  const { body, headers } = response;
  const size = body === null || typeof body === 'string' ? 0 : body.byteLength;
  const good = check(
    response,
    {
      'status is 200': ({ status }) => status === 200,
      'media type is right': () => headers['Content-Type']?.split(';')[0] === TYPES[kind],
      'body is whole': () => size > 0 && size === Number(headers['Content-Length'] ?? size),
    },
    { kind },
  );
  return good ? { url, text: kind === 'init' || kind === 'segment' ? '' : textOf(body), ms } : null;
}

/** k6 knows no TextDecoder; a playlist is ASCII but for names, which do not matter here. */
function textOf(body: Answer['body']): string {
  if (body === null || typeof body === 'string') return body ?? '';
  let text = '';
  for (const byte of new Uint8Array(body)) text += String.fromCharCode(byte);
  return text;
}
