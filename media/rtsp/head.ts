import { MalformedRtsp } from './malformed.ts';
import type { Request, Response } from './message.ts';

/** Header fields of a message: the clients in use send twelve at most. */
const FIELDS_MAX = 64;

/** A message without its body. */
export type Head = Omit<Request, 'body'> | Omit<Response, 'body'>;

const REQUEST = /^([!#$%&'*+.^_`|~\w-]+) (\S+) RTSP\/(\d{1,3}\.\d{1,3})$/;
const RESPONSE = /^RTSP\/(\d{1,3}\.\d{1,3}) (\d{3})(?: (.*))?$/;
const FIELD = /^([!#$%&'*+.^_`|~\w-]+)[ \t]*:[ \t]*(.*?)[ \t]*$/;

/** Reads a start line and its fields (RFC 2326 §4.2, §6.1, §7.1). Throws MalformedRtsp. */
export function readHead(text: string): Head {
  const [first = '', ...lines] = text.split(/\r?\n/);
  const headers = readFields(lines);
  const request = REQUEST.exec(first);
  if (request !== null) {
    const [, method = '', uri = '', version = ''] = request;
    return { kind: 'request', method, uri, version, headers };
  }
  const response = RESPONSE.exec(first);
  if (response === null) throw new MalformedRtsp(400, 'a line that starts no RTSP message');
  const [, version = '', status = '', reason = ''] = response;
  return { kind: 'response', version, status: Number(status), reason, headers };
}

/** A line that starts with a blank goes on with the field before it. */
function readFields(lines: readonly string[]): Map<string, string> {
  const fields: [string, string][] = [];
  for (const line of lines) {
    if (line === '') continue;
    const before = fields.at(-1);
    if (/^[ \t]/.test(line) && before !== undefined) before[1] = `${before[1]} ${line.trim()}`;
    else fields.push(readField(line));
    if (fields.length > FIELDS_MAX) throw new MalformedRtsp(400, `more than ${FIELDS_MAX} header fields`);
  }
  const headers = new Map<string, string>();
  for (const [name, value] of fields) {
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function readField(line: string): [string, string] {
  const [, name, value] = FIELD.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new MalformedRtsp(400, 'a line that is no header field');
  return [name.toLowerCase(), value];
}

/** Bytes of the body behind a head; 0 where it does not say (RFC 2326 §12.14). Throws MalformedRtsp. */
export function bodyBytes({ headers }: Head, max: number): number {
  const said = headers.get('content-length') ?? '0';
  if (!/^\d{1,15}$/.test(said)) throw new MalformedRtsp(400, 'a Content-Length that is no number');
  const bytes = Number(said);
  if (bytes > max) throw new MalformedRtsp(413, `a body of more than ${max} bytes`);
  return bytes;
}
