import { expect, test } from 'bun:test';
import { canonicalAddress } from './address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:127.0.0.1', '127.0.0.1'],
  ['2001:0DB8::0001', '2001:db8::1'],
  ['::1', '::1'],
  ['::', '::'],
  ['256.0.0.1', null],
  ['1.2.3', null],
  ['1.2.3.4.', null],
  ['1.2.3.4.5', null],
  ['localhost', null],
  ['fe80::1%eth0', null],
  [']:80/@[', null],
  [':', null],
  ['', null],
])('%p is %p', (text, address) => {
  expect(canonicalAddress(text)).toBe(address);
});
