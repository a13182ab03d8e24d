import { describe, expect, test } from 'bun:test';
import { once } from 'node:events';
import { connect } from 'node:net';
import { listen } from './http.ts';
import { prepare } from './prepared.ts';

const HEADERS = { 'Content-Type': 'text/plain', ETag: '"1"' } as const;
const prepared = prepare(new TextEncoder().encode('abcdef'), HEADERS);

test('all of it, each time anew', async () => {
  for (let round = 0; round < 3; round++) {
    const response = prepared.whole();
    expect(response.status).toBe(200);
    expect([...response.headers]).toEqual([
      ['content-type', 'text/plain'],
      ['etag', '"1"'],
    ]);
    expect(await response.text()).toBe('abcdef');
  }
  expect(prepared.size).toBe(6);
});

test.each([
  [0, 5, 'abcdef'],
  [2, 3, 'cd'],
  [5, 5, 'f'],
])('bytes %d to %d', async (first, last, text) => {
  expect(await new Response(prepared.part(first, last)).text()).toBe(text);
});

test('nothing', async () => {
  const nothing = prepare(new Uint8Array(), HEADERS);
  expect(nothing.size).toBe(0);
  expect(await nothing.whole().text()).toBe('');
});

describe('an answer that comes late', () => {
  /** A server that answers each request some turns after it came. */
  async function late(bytes: Uint8Array<ArrayBuffer>) {
    const { late: answer } = prepare(bytes, HEADERS);
    const fetch = () => new Promise<Response>((resolve) => setImmediate(() => resolve(answer())));
    return listen({ port: 0, hostname: '127.0.0.1', portSetting: '--port', fetch });
  }

  const noise = (size: number) => new Uint8Array(size).map((_, index) => index % 251);

  test.each([0, 1, 15 * 1024 - 1, 15 * 1024, 73 * 1024, 512 * 1024, 5_000_000])(
    'of %d bytes',
    async (size) => {
      const { port, close } = await late(noise(size));
      const answers = Array.from({ length: 4 }, () => fetch(`http://127.0.0.1:${port}/`));
      for (const answer of await Promise.all(answers)) {
        expect(answer.status).toBe(200);
        expect(answer.headers.get('ETag')).toBe('"1"');
        expect(Number(answer.headers.get('Content-Length'))).toBe(size);
        expect(Buffer.from(await answer.arrayBuffer()).equals(noise(size))).toBeTrue();
      }
      await close();
    },
  );

  test('goes whole to a slow reader, and to nobody who has left', async () => {
    const size = 512 * 1024;
    const { port, close } = await late(noise(size));
    const gone = connect(port, '127.0.0.1', () =>
      gone.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n', () => gone.destroy()),
    );
    await once(gone, 'close');
    const slow = connect(port, '127.0.0.1').pause();
    slow.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let read = 0;
    for await (const piece of slow) {
      read += (piece as Buffer).byteLength;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(read).toBeGreaterThan(size);
    await close();
  });
});
