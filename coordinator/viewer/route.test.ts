import { expect, test } from 'bun:test';
import { addressOf, watched } from './route.ts';

test.each([
  ['/', null],
  ['/?watch=bbb', 'bbb'],
  ['/#bbb', 'bbb'],
  ['/?watch=demo-live#Library', 'demo-live'],
  ['/#Library', null],
  ['/?watch=', null],
  ['/?watch=../etc', null],
  ['/#%3Cscript%3E', null],
])('%p watches %p', (address, id) => {
  expect(watched(new URL(address, 'http://localhost'))).toBe(id);
});

test.each(['bbb', 'demo-live', null])('the address of %p reads back', (id) => {
  expect(watched(new URL(addressOf(id), 'http://localhost'))).toBe(id);
});
