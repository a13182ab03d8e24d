import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { brokenBytes, FUZZ_RUNS } from '../../tests/broken-bytes.ts';
import { MalformedRtsp } from './malformed.ts';
import { headersOf, type Message, print, respond } from './message.ts';
import { Reader } from './reader.ts';

const text = (value: string) => new TextEncoder().encode(value);
const read = (bytes: Uint8Array): Message[] => [...new Reader().push(bytes)];

/** As a TCP that cuts it anywhere would bring it. */
function readByteByByte(bytes: Uint8Array): Message[] {
  const reader = new Reader();
  return [...bytes].flatMap((byte) => [...reader.push(Uint8Array.of(byte))]);
}

const request = (fields: Readonly<Record<string, string>>, body = ''): Message => ({
  kind: 'request',
  method: 'ANNOUNCE',
  uri: 'rtsp://host:8554/studio?key=k',
  version: '1.0',
  headers: headersOf(fields),
  body: text(body),
});

const CASES: readonly (readonly [string, string, Message])[] = [
  ['a request', 'ANNOUNCE rtsp://host:8554/studio?key=k RTSP/1.0\r\nCSeq: 2\r\n\r\n', request({ CSeq: '2' })],
  [
    'a request with a body',
    'ANNOUNCE rtsp://host:8554/studio?key=k RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nv=0\r\n',
    request({ CSeq: '2', 'Content-Length': '5' }, 'v=0\r\n'),
  ],
  ['an answer', 'RTSP/1.0 404 Not Found\r\nCSeq: 3\r\n\r\n', respond(404, { CSeq: '3' })],
  ['a frame', '$\u0001\u0000\u0003abc', { kind: 'frame', channel: 1, data: text('abc') }],
  ['an empty frame', '$\u0000\u0000\u0000', { kind: 'frame', channel: 0, data: text('') }],
];

describe('a message', () => {
  test.each(CASES)('%s is read, however it is cut, and printed as it was', (_, bytes, message) => {
    expect(read(text(bytes))).toEqual([message]);
    expect(readByteByByte(text(bytes))).toEqual([message]);
    expect(new TextDecoder().decode(print(message))).toBe(bytes);
  });

  test('comes behind others, and behind empty lines', () => {
    const all = text(CASES.map(([, bytes]) => `${bytes}\r\n`).join(''));
    const messages = CASES.map(([, , message]) => message);
    expect(read(all)).toEqual(messages);
    expect(readByteByByte(all)).toEqual(messages);
  });

  test.each([
    ['names in any case', 'ANNOUNCE rtsp://host:8554/studio?key=k RTSP/1.0\r\ncSEQ : 2\r\n\r\n'],
    ['line ends without a return', 'ANNOUNCE rtsp://host:8554/studio?key=k RTSP/1.0\nCSeq:2\n\n'],
    ['a line that goes on', 'ANNOUNCE rtsp://host:8554/studio?key=k RTSP/1.0\r\nCSeq:\r\n 2\r\n\r\n'],
  ])('may have %s', (_, bytes) => {
    const [message] = read(text(bytes));
    expect(message?.kind === 'request' && message.headers.get('cseq')?.trim()).toBe('2');
  });

  test('joins fields of one name', () => {
    const [message] = read(text('OPTIONS * RTSP/1.0\r\nRequire: a\r\nrequire: b\r\n\r\n'));
    expect(message?.kind === 'request' && message.headers.get('require')).toBe('a, b');
  });

  test('that answers a stranger has no line of his', () => {
    const printed = new TextDecoder().decode(
      print(respond(400, { Session: 'a\r\nEvil: 1' }, 'no\r\nEvil: 1')),
    );
    expect(printed).toBe('RTSP/1.0 400 no Evil: 1\r\nSession: a Evil: 1\r\n\r\n');
  });
});

describe('what is no RTSP', () => {
  test.each<[string, string, number]>([
    ['HTTP', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['TLS', '\u0016\u0003\u0001\n\n', 400],
    ['a field without a colon', 'OPTIONS * RTSP/1.0\r\nCSeq\r\n\r\n', 400],
    ['a length that is none', 'OPTIONS * RTSP/1.0\r\nContent-Length: -1\r\n\r\n', 400],
    ['a body that is too long', 'OPTIONS * RTSP/1.0\r\nContent-Length: 65537\r\n\r\n', 413],
    ['too many fields', `OPTIONS * RTSP/1.0\r\n${'a: b\r\n'.repeat(65)}\r\n`, 400],
    ['a head without an end', 'a'.repeat(8193), 413],
    ['a head that is too long', `OPTIONS * RTSP/1.0\r\na: ${'b'.repeat(8192)}\r\n\r\n`, 413],
  ])('%s is refused', (_, bytes, status) => {
    for (const parse of [read, readByteByByte]) {
      const refusal = attempt(() => parse(text(bytes)));
      expect(refusal).toBeInstanceOf(MalformedRtsp);
      expect(refusal instanceof MalformedRtsp && refusal.status).toBe(status);
    }
  });

  test('of broken bytes is malformed or messages', () => {
    const whole = text(CASES.map(([, bytes]) => bytes).join(''));
    brokenBytes(whole, read, [MalformedRtsp]);
  });
});

test('frames of any size come whole however they are cut', () => {
  const frames = fc.array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 3_000 })), { maxLength: 8 });
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 5_000 }), (sent, step) => {
      const messages = sent.map(([channel, data]): Message => ({ kind: 'frame', channel, data }));
      const bytes = Buffer.concat(messages.map(print));
      const reader = new Reader();
      const found: Message[] = [];
      for (let at = 0; at < bytes.length; at += step)
        found.push(...reader.push(bytes.subarray(at, at + step)));
      expect(found).toEqual(messages);
    }),
    { numRuns: Math.min(FUZZ_RUNS, 1_000) },
  );
});

function attempt(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
