import { expect, test } from 'bun:test';
import { SESSION_TTL_MS, type SessionSeen } from '../wire/sessions.ts';
import { TokenId } from '../wire/token.ts';
import { Sessions } from './sessions.ts';

const NOW = 1_000_000;
const token = TokenId.parse('token-of-two');
const id = (name: string) => TokenId.parse(`session-${name}`);
const seen = (name: string, change: Partial<SessionSeen> = {}): SessionSeen => ({
  ...{ token, session: id(name), max: 2, untilMs: NOW + 3_600_000 },
  ...change,
});
const message = (...sessions: readonly SessionSeen[]) =>
  new TextEncoder().encode(JSON.stringify({ sessions }));

test('there is room for as many as the token is good for, until one is over', () => {
  const sessions = new Sessions();
  const hasRoom = (session: TokenId | null, nowMs = NOW) => sessions.hasRoom(token, session, 2, nowMs);
  sessions.see(seen('a'), NOW);
  expect(hasRoom(null)).toBe(true);
  sessions.see(seen('b'), NOW + 5_000);
  expect(hasRoom(null, NOW + 5_000)).toBe(false);
  // Who plays already may ask for another edge.
  expect(hasRoom(id('a'), NOW + 5_000)).toBe(true);
  expect(sessions.hasRoom(TokenId.parse('another-token'), null, 1, NOW)).toBe(true);
  expect(hasRoom(null, NOW + SESSION_TTL_MS)).toBe(true);
  expect(sessions.size).toBe(1);
});

test('those that began last are too many, whoever was heard first', () => {
  for (const order of ['abc', 'cba', 'bca']) {
    const sessions = new Sessions();
    const tooMany = [...order].flatMap((name) => sessions.hear(message(seen(name)), NOW) ?? []);
    const last = sessions.hear(message(seen('a'), seen('b'), seen('c')), NOW);
    expect(tooMany.map(({ session }) => session)).toEqual([id('c')]);
    expect(last?.map(({ session }) => session)).toEqual([id('c')]);
    sessions.forget(seen('c'));
    expect(sessions.hear(message(seen('a')), NOW)).toEqual([]);
  }
});

test('what can not be read changes nothing', () => {
  const sessions = new Sessions();
  for (const text of ['', '{}', '{"sessions":[{}]}'])
    expect(sessions.hear(new TextEncoder().encode(text), NOW)).toBeNull();
  expect(sessions.size).toBe(0);
});
