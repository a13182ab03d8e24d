import { expect, test } from 'bun:test';
import { addressOf, read } from './credentials.ts';

test.each([
  ['?channel=studio', '#key=abc-_1', { channel: 'studio', key: 'abc-_1' }],
  ['?channel=studio', '', { channel: 'studio', key: '' }],
  ['', '#key=abc', { channel: '', key: 'abc' }],
  ['?channel=a%2Fb', '#other', { channel: 'a/b', key: '' }],
])('the address %p%p says %j', (search, hash, credentials) => {
  expect(read({ search, hash })).toEqual(credentials);
});

test.each([
  ['', '/go-live'],
  ['studio', '/go-live?channel=studio'],
  ['a/b', '/go-live?channel=a%2Fb'],
])('the address of %p is %p, without a key', (channel, address) => {
  expect(addressOf(channel)).toBe(address);
});
