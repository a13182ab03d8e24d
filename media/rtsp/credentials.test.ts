import { expect, test } from 'bun:test';
import { parse } from './credentials.ts';

test.each([
  ['Basic dTpzZWNyZXQ=', { user: 'u', password: 'secret' }],
  ['basic  OnNlY3JldA', { user: '', password: 'secret' }],
  ['Basic dTphOmI=', { user: 'u', password: 'a:b' }],
  ['Basic dQ==', null],
  ['Basic !', null],
  ['Basic a', null],
  ['Digest username="u"', null],
  ['', null],
])('Authorization: %s', (header, credentials) => {
  expect(parse(header)).toEqual(credentials);
});
