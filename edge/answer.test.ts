import { describe, expect, test } from 'bun:test';
import { answer, refuse } from './answer.ts';
import { IMMUTABLE, store } from './stored.ts';

const BODY = 'abcdefghij';
const ETAG = '"v480-e1-7"';
const stored = store(new TextEncoder().encode(BODY), ETAG, 'video/iso.segment', IMMUTABLE, 2);

type Headers = Readonly<Record<string, string>>;

const ask = (headers: Headers, method = 'GET') =>
  answer(new Request('http://edge/v/x/v480/e1/7.m4s', { method, headers }), method, stored);

describe('all of it', () => {
  test.each<Headers>([
    {},
    { 'If-None-Match': '"v480-e1-8"' },
    { 'If-None-Match': 'v480-e1-7' },
    { 'If-None-Match': '' },
    { Range: 'bytes=0-1,3-4' },
    { Range: 'bytes=0-1', 'If-Range': '"v480-e1-8"' },
    { Range: 'bytes=0-1', 'If-Range': `W/${ETAG}` },
    { Range: 'bytes=0-1', 'If-Range': 'Fri, 20 Nov 2026 10:00:00 GMT' },
    { Range: 'malformed', 'If-Range': '"v480-e1-8"' },
    { 'If-Range': ETAG },
  ])('%p', (headers) => expect(ask(headers)).toBeNull());

  test('as often as it is asked for', async () => {
    for (let round = 0; round < 3; round++) {
      const whole = stored.whole();
      expect(whole.status).toBe(200);
      expect(whole.headers.get('ETag')).toBe(ETAG);
      expect(whole.headers.get('Content-Type')).toBe('video/iso.segment');
      expect(await whole.text()).toBe(BODY);
    }
  });
});

describe('not modified', () => {
  test.each<[string, string?]>([
    [ETAG],
    [`W/${ETAG}`],
    ['*'],
    [`"other", ${ETAG}`],
    [`"other",W/${ETAG} , "more"`],
    [ETAG, 'HEAD'],
  ])('%s %s', async (condition, method = 'GET') => {
    const response = ask({ 'If-None-Match': condition, Range: 'bytes=0-1' }, method);
    expect(response?.status).toBe(304);
    expect(response?.headers.get('ETag')).toBe(ETAG);
    expect(response?.headers.get('Cache-Control')).toBe(IMMUTABLE);
    expect(response?.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response?.headers.has('Content-Type')).toBe(false);
    expect(await response?.text()).toBe('');
  });
});

describe('a part', () => {
  test.each<[Headers, string, string]>([
    [{ Range: 'bytes=0-0' }, 'a', 'bytes 0-0/10'],
    [{ Range: 'bytes=2-4' }, 'cde', 'bytes 2-4/10'],
    [{ Range: 'bytes=7-' }, 'hij', 'bytes 7-9/10'],
    [{ Range: 'bytes=-2' }, 'ij', 'bytes 8-9/10'],
    [{ Range: 'bytes=0-99' }, BODY, 'bytes 0-9/10'],
    [{ Range: 'bytes=2-4', 'If-Range': ETAG }, 'cde', 'bytes 2-4/10'],
    [{ Range: 'bytes=2-4', 'If-None-Match': '"other"' }, 'cde', 'bytes 2-4/10'],
  ])('%p', async (headers, body, range) => {
    const response = ask(headers);
    expect(response?.status).toBe(206);
    expect(response?.headers.get('Content-Range')).toBe(range);
    expect(response?.headers.get('Content-Type')).toBe('video/iso.segment');
    expect(response?.headers.get('ETag')).toBe(ETAG);
    expect(await response?.text()).toBe(body);
  });
});

describe('refused', () => {
  test.each(['bytes=10-', 'bytes=4-2', 'bytes=-0', 'bytes=x-y', 'bytes', 'bytes=-', ''])(
    '%p',
    async (Range) => {
      const response = ask({ Range });
      expect(response?.status).toBe(416);
      expect(response?.headers.get('Content-Range')).toBe('bytes */10');
      expect(response?.headers.get('Cache-Control')).toBe('no-store');
      expect(await response?.text()).toBe('no such range: this has 10 bytes\n');
    },
  );

  test('with what the caller adds', () => {
    expect(refuse(503, 'soon', { 'Retry-After': '1' }).headers.get('Retry-After')).toBe('1');
  });
});

describe('HEAD', () => {
  test.each<Headers>([{}, { Range: 'bytes=0-1' }, { Range: 'bytes=99-' }, { Range: 'malformed' }])(
    'with %p says what GET of all would',
    async (headers) => {
      const response = ask(headers, 'HEAD');
      expect(response?.status).toBe(200);
      expect(response?.headers.get('Content-Length')).toBe('10');
      expect(response?.headers.has('Content-Range')).toBe(false);
      expect(await response?.text()).toBe('');
    },
  );
});
