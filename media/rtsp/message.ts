import { reasonOf } from './status.ts';

/** The versions that are spoken, whose headers differ. */
export type Version = '1.0' | '2.0';

/** Header fields by their names in lower case; those that came several times are joined by commas. */
export type Headers = ReadonlyMap<string, string>;

export type Request = {
  readonly kind: 'request';
  /** As it was sent: methods are case-sensitive (RFC 2326 §6.1). */
  readonly method: string;
  readonly uri: string;
  /** `1.0` or another. */
  readonly version: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

export type Response = {
  readonly kind: 'response';
  readonly version: string;
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

/** RTP or RTCP among the messages, or whatever else was agreed on for its channel (RFC 2326 §10.12). */
export type Frame = { readonly kind: 'frame'; readonly channel: number; readonly data: Uint8Array };

export type Message = Request | Response | Frame;

/** The dollar sign before a frame. */
export const FRAME_MARK = 0x24;

const EMPTY = new Uint8Array();

/** Header fields from pairs of name and value. */
export const headersOf = (fields: Readonly<Record<string, string>>): Headers =>
  new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));

/** An answer; `reason` in place of the standard's words tells a person more. */
export const respond = (
  status: number,
  fields: Readonly<Record<string, string>> = {},
  reason = reasonOf(status),
  body: Uint8Array = EMPTY,
): Response => ({ kind: 'response', version: '1.0', status, reason, headers: headersOf(fields), body });

/** The bytes of a message. */
export function print(message: Message): Uint8Array {
  switch (message.kind) {
    case 'request':
      return printText(`${message.method} ${message.uri} RTSP/${message.version}`, message);
    case 'response':
      return printText(`RTSP/${message.version} ${message.status} ${oneLine(message.reason)}`, message);
    case 'frame': {
      const { channel, data } = message;
      const head = [FRAME_MARK, channel, data.byteLength >> 8, data.byteLength & 0xff];
      const bytes = new Uint8Array(head.length + data.byteLength);
      bytes.set(head);
      bytes.set(data, head.length);
      return bytes;
    }
  }
}

function printText(first: string, { headers, body }: Request | Response): Uint8Array {
  const fields = [...headers].filter(([name]) => name !== 'content-length');
  if (body.byteLength > 0) fields.push(['content-length', String(body.byteLength)]);
  const lines = [first, ...fields.map(([name, value]) => `${canonical(name)}: ${oneLine(value)}`)];
  const head = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
  const bytes = new Uint8Array(head.byteLength + body.byteLength);
  bytes.set(head);
  bytes.set(body, head.byteLength);
  return bytes;
}

/** What a stranger said may come back in an answer; a line end in it would begin a field of his own. */
const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, ' ');

/** Fields that clients compare letter by letter, against RFC 2326 §4.2. */
const SPELLINGS: Readonly<Record<string, string>> = {
  cseq: 'CSeq',
  'rtp-info': 'RTP-Info',
  'www-authenticate': 'WWW-Authenticate',
};

const canonical = (name: string) => SPELLINGS[name] ?? name.replaceAll(/\b[a-z]/g, (at) => at.toUpperCase());
