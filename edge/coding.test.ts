import { describe, expect, test } from 'bun:test';
import { gunzipSync } from 'node:zlib';
import { answer } from './answer.ts';
import { codings, takesGzip } from './coding.ts';
import { IMMUTABLE, type Stored, store, storeText } from './stored.ts';

const TEXT = '#EXTINF:2.00000,\ne0/1.m4s\n'.repeat(100);
const TYPE = 'application/vnd.apple.mpegurl';
const playlist = () => storeText(TEXT, 'tag', TYPE, 'public, max-age=1');

/** What an edge answers with. */
function ask(stored: Stored, headers: Readonly<Record<string, string>>, method = 'GET'): Response {
  const request = new Request('http://edge/v/x/index.m3u8', { headers, method });
  const chosen = codings()(request, stored);
  return answer(request, method, chosen) ?? chosen.whole();
}

test.each<[header: string, taken: boolean]>([
  ['gzip', true],
  ['gzip, deflate, br, zstd', true],
  ['br, GZIP;q=0.1', true],
  ['*', true],
  ['gzip;q=0.5, identity;q=0.4', true],
  ['gzip;q=0.5, identity', false],
  ['gzip;q=0', false],
  ['gzip;q=0, *', false],
  ['gzip;q=x', false],
  ['*;q=0', false],
  ['br', false],
  ['', false],
])('%p takes gzip: %p', (header, taken) => {
  expect(takesGzip(header)).toBe(taken);
});

const GZIP = { 'Accept-Encoding': 'gzip' };

describe('a manifest', () => {
  test('is sent compressed to whom that suits, under a tag of its own', async () => {
    const response = ask(playlist(), GZIP);
    expect(response.headers.get('Content-Encoding')).toBe('gzip');
    expect(response.headers.get('ETag')).toBe('"tag-gzip"');
    expect(response.headers.get('Vary')).toBe('Accept-Encoding');
    expect(response.headers.get('Content-Type')).toBe(TYPE);
    expect(response.headers.has('Accept-Ranges')).toBe(false);
    const body = await response.bytes();
    expect(body.byteLength).toBeLessThan(TEXT.length / 5);
    expect(gunzipSync(body).toString()).toBe(TEXT);
  });

  test('is sent as it is to everybody else, who is told that there is another', async () => {
    const response = ask(playlist(), {});
    expect(response.headers.has('Content-Encoding')).toBe(false);
    expect(response.headers.get('ETag')).toBe('"tag"');
    expect(response.headers.get('Vary')).toBe('Accept-Encoding');
    expect(await response.text()).toBe(TEXT);
  });

  test('has the headers of its coding when only they are asked for', async () => {
    const head = ask(playlist(), GZIP, 'HEAD');
    const whole = ask(playlist(), GZIP);
    expect(head.headers.get('Content-Encoding')).toBe('gzip');
    expect(head.headers.get('ETag')).toBe('"tag-gzip"');
    expect(head.headers.get('Content-Length')).toBe(String((await whole.bytes()).byteLength));
    expect(await head.text()).toBe('');
  });

  test.each<[condition: string, headers: Readonly<Record<string, string>>, status: number]>([
    ['"tag-gzip"', GZIP, 304],
    ['W/"tag-gzip"', GZIP, 304],
    ['"other", "tag-gzip"', GZIP, 304],
    ['"tag"', GZIP, 200],
    ['"tag"', {}, 304],
    ['"tag-gzip"', {}, 200],
  ])('that the client has as %s is answered to %p with %d', (condition, headers, status) => {
    const response = ask(playlist(), { ...headers, 'If-None-Match': condition });
    expect(response.status).toBe(status);
    expect(response.headers.get('Vary')).toBe('Accept-Encoding');
    if (status === 304) expect(response.headers.get('ETag')).toBe(condition.match(/"tag[^"]*"/)?.[0] ?? '');
  });

  test('is sent in ranges as it is, whatever the client takes', async () => {
    const response = ask(playlist(), { ...GZIP, Range: 'bytes=0-6', 'If-Range': '"tag"' });
    expect(response.status).toBe(206);
    expect(response.headers.has('Content-Encoding')).toBe(false);
    expect(response.headers.get('Content-Range')).toBe(`bytes 0-6/${TEXT.length}`);
    expect(await response.text()).toBe('#EXTINF');
    const other = ask(playlist(), { ...GZIP, Range: 'bytes=0-6', 'If-Range': '"tag-gzip"' });
    expect(other.status).toBe(200);
    expect(await other.text()).toBe(TEXT);
  });

  test('is compressed once', () => {
    const stored = playlist();
    expect(stored.zipped?.()).toBe(stored.zipped?.() as Stored);
  });

  test('that is short is sent as it is', () => {
    const short = storeText('#EXTM3U\n', 'tag', TYPE, 'public');
    expect(ask(short, GZIP).headers.has('Content-Encoding')).toBe(false);
  });
});

test('media is sent as it is', () => {
  const media = store(new Uint8Array(5_000), '"1"', 'video/iso.segment', IMMUTABLE, 2);
  const { headers } = ask(media, GZIP);
  expect(headers.has('Content-Encoding')).toBe(false);
  expect(headers.has('Vary')).toBe(false);
});
