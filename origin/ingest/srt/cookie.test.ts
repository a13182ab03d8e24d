import { expect, test } from 'bun:test';
import { Cookies } from './cookie.ts';

const secret = new Uint8Array(32);

test('a cookie is good for its address, this minute and the next', () => {
  const cookies = new Cookies(secret);
  const cookie = cookies.bake('192.0.2.1 5000', 60_000);
  expect(cookies.isGood(cookie, '192.0.2.1 5000', 60_000)).toBeTrue();
  expect(cookies.isGood(cookie, '192.0.2.1 5000', 179_999)).toBeTrue();
  expect(cookies.isGood(cookie, '192.0.2.1 5000', 180_000)).toBeFalse();
  expect(cookies.isGood(cookie, '192.0.2.1 5001', 60_000)).toBeFalse();
  expect(cookies.isGood(cookie, '192.0.2.2 5000', 60_000)).toBeFalse();
  expect(cookies.isGood(0, '192.0.2.1 5000', 60_000)).toBeFalse();
});

test('a cookie of another process is not good', () => {
  const cookie = new Cookies(secret).bake('192.0.2.1 5000', 0);
  expect(new Cookies().isGood(cookie, '192.0.2.1 5000', 0)).toBeFalse();
});
