/** Hash functions of digest authentication (RFC 7616 §6.1). Clients of RTSP know MD5 alone, for the most part. */
export type Algorithm = 'MD5' | 'SHA-256';

/** The hash of a text in UTF-8, in lower-case hexadecimal. */
export type Hash = (text: string) => string;

/** What a server asks for (RFC 7616 §3.3). */
export type Challenge = {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: Algorithm;
  /**
   * Whether requests are counted (`qop="auth"`). live555, which VLC plays with, and GStreamer know the older form
   * alone (RFC 2069).
   */
  readonly counts: boolean;
  /** The nonce is too old, the name and password are right. */
  readonly stale: boolean;
};

/** What a client answers (RFC 7616 §3.4). */
export type Answer = {
  readonly user: string;
  readonly realm: string;
  readonly nonce: string;
  /** As the client wrote it, of the request that it asks for. */
  readonly uri: string;
  /** In hexadecimal. To be compared in constant time. */
  readonly response: string;
  readonly algorithm: Algorithm;
  /** Null in the older form. */
  readonly count: Count | null;
};

/** How many requests the client has made with the nonce, in hexadecimal, and a nonce of its own. */
export type Count = { readonly nc: string; readonly cnonce: string };

/** A `WWW-Authenticate` header. */
export function printChallenge({ realm, nonce, algorithm, counts, stale }: Challenge): string {
  const said = [
    `realm=${quoted(realm)}`,
    `nonce=${quoted(nonce)}`,
    // "If this is not present, it is assumed to be MD5": some clients do not know the parameter.
    ...(algorithm === 'MD5' ? [] : [`algorithm=${algorithm}`]),
    ...(counts ? ['qop="auth"'] : []),
    ...(stale ? ['stale=true'] : []),
  ];
  return `Digest ${said.join(', ')}`;
}

/** An `Authorization` header, as a client writes it. */
export function printAnswer({ user, response, algorithm, count, ...answer }: Answer): string {
  const said = [
    `username=${quoted(user)}`,
    ...Object.entries(answer).map(([name, value]) => `${name}=${quoted(value)}`),
    `response="${response}"`,
    `algorithm=${algorithm}`,
    ...(count === null ? [] : ['qop=auth', `nc=${count.nc}`, `cnonce=${quoted(count.cnonce)}`]),
  ];
  return `Digest ${said.join(', ')}`;
}

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

const SCHEME = /^digest[ \t]+/i;
const PARAMETER = /[ \t]*([\w-]{1,64})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*))[ \t]*(?:,|$)/y;
const HEX = /^[\da-f]+$/i;

/** Reads an `Authorization` header of the Digest scheme; null for others, and for what can't be read. */
export function parse(header: string): Answer | null {
  const parameters = readParameters(header);
  const [user, realm, nonce, uri] = ['username', 'realm', 'nonce', 'uri'].map((name) =>
    parameters?.get(name),
  );
  const response = parameters?.get('response') ?? '';
  const algorithm = readAlgorithm(parameters?.get('algorithm'));
  const count = readCount(parameters ?? new Map());
  if (user === undefined || realm === undefined || nonce === undefined || uri === undefined) return null;
  if (algorithm === null || count === 'malformed' || !HEX.test(response)) return null;
  return { user, realm, nonce, uri, response: response.toLowerCase(), algorithm, count };
}

/** Null where they are no list, or one comes twice. */
function readParameters(header: string): ReadonlyMap<string, string> | null {
  const scheme = SCHEME.exec(header)?.[0];
  if (scheme === undefined) return null;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = scheme.length;
  while (PARAMETER.lastIndex < header.length) {
    const [, name, text, token = ''] = PARAMETER.exec(header) ?? [];
    if (name === undefined || parameters.has(name.toLowerCase())) return null;
    parameters.set(name.toLowerCase(), text?.replaceAll(/\\(.)/g, '$1') ?? token);
  }
  return parameters;
}

function readAlgorithm(text = 'MD5'): Algorithm | null {
  const name = text.toUpperCase();
  return name === 'MD5' || name === 'SHA-256' ? name : null;
}

function readCount(parameters: ReadonlyMap<string, string>): Count | null | 'malformed' {
  const qop = parameters.get('qop');
  if (qop === undefined) return null;
  const [nc, cnonce] = [parameters.get('nc'), parameters.get('cnonce')];
  if (qop !== 'auth' || nc === undefined || cnonce === undefined || !HEX.test(nc)) return 'malformed';
  return { nc, cnonce };
}

/** What stands for a user's password in a realm: `H(A1)` (RFC 7616 §3.4.2). */
export const secretOf = (user: string, realm: string, password: string, hash: Hash): string =>
  hash(`${user}:${realm}:${password}`);

/** The response that is right for an answer's own words, by the request's method and the user's secret (§3.4.1). */
export function responseOf(
  { nonce, uri, count }: Pick<Answer, 'nonce' | 'uri' | 'count'>,
  method: string,
  secret: string,
  hash: Hash,
): string {
  const asked = hash(`${method}:${uri}`);
  const counted = count === null ? [] : [count.nc, count.cnonce, 'auth'];
  return hash([secret, nonce, ...counted, asked].join(':'));
}
