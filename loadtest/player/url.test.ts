import { expect, test } from 'bun:test';
import { resolve } from './url.ts';

test.each([
  ['http://a:81/v/x/index.m3u8', 'v1/index.m3u8', 'http://a:81/v/x/v1/index.m3u8'],
  ['http://a/v/x/index.m3u8?t=a/b', 'e/1.m4s', 'http://a/v/x/e/1.m4s'],
  ['http://a:81/v/x/index.m3u8', '/v/y', 'http://a:81/v/y'],
  ['http://a/v/', 'https://b/c', 'https://b/c'],
  ['http://[::1]:81/play/x.m3u8', '/v/x/index.m3u8', 'http://[::1]:81/v/x/index.m3u8'],
])('%s and %s', (page, link, url) => expect(resolve(page, link)).toBe(url));

test('as URL resolves it', () => {
  for (const link of ['a', 'a/b.m4s', '/a', 'http://x/y', 'a?b=c'])
    expect(resolve('http://h:1/p/q.m3u8?x#y', link)).toBe(new URL(link, 'http://h:1/p/q.m3u8?x#y').href);
});
