import { expect, test } from 'bun:test';
import { hashKey, isKey, newKey } from './keys.ts';

test('a key fits its own hash alone', () => {
  const [key, other] = [newKey(), newKey()];
  expect(isKey(key, hashKey(key))).toBe(true);
  expect(isKey(other, hashKey(key))).toBe(false);
  expect(isKey('', hashKey(key))).toBe(false);
  expect(isKey(key, '')).toBe(false);
  expect(isKey(key, 'not a hash')).toBe(false);
});

test('a key can stand in a URL as it is', () => {
  const key = newKey();
  expect(encodeURIComponent(key)).toBe(key);
  expect(key.length).toBeGreaterThanOrEqual(24);
});
