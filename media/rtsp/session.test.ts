import { expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { parse, print, type Session } from './session.ts';

test.each<[string, Session]>([
  ['47112344', { id: '47112344', timeoutSeconds: null }],
  ['QKyjN8nt2WqbWw4tIYof52;timeout=60', { id: 'QKyjN8nt2WqbWw4tIYof52', timeoutSeconds: 60 }],
  ['$a-b_c.d+e;timeout=0', { id: '$a-b_c.d+e', timeoutSeconds: 0 }],
])('a session: %s', (header, session) => {
  expect(parse(header)).toEqual(session);
  expect(print(session)).toBe(header);
});

test.each<[string, Session]>([
  [' 12 ; Timeout = 30 ', { id: '12', timeoutSeconds: 30 }],
  ['12;other=1;timeout=5', { id: '12', timeoutSeconds: 5 }],
  ['12;timeout=soon', { id: '12', timeoutSeconds: null }],
])('%j is read', (header, session) => {
  expect(parse(header)).toEqual(session);
});

test.each(['', ';timeout=60', 'a b', 'ä', 'x'.repeat(257)])('%j is no session', (header) => {
  expect(parse(header)).toBeNull();
});

test('any text is a session or none', () => {
  brokenBytes(new TextEncoder().encode('47112344;timeout=60'), (bytes) =>
    parse(new TextDecoder().decode(bytes)),
  );
});
