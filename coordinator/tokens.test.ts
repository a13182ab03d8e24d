import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Bus } from '../runtime/bus.ts';
import { systemClock } from '../runtime/clock.ts';
import { eventually } from '../tests/cluster.ts';
import { type Nats, startNats, testBus } from '../tests/nats.ts';
import { quiet } from '../tests/quiet.ts';
import { claims, KEYS, tokenOf } from '../tests/tokens.ts';
import type { SessionsSeen } from '../wire/sessions.ts';
import { SESSIONS_SUBJECT } from '../wire/subjects.ts';
import { type Claims, parse, TokenId } from '../wire/token.ts';
import { Tokens } from './tokens.ts';

let nats: Nats;
let bus: Bus;
let one: Tokens;
let other: Tokens;

const open = () => Tokens.open({ bus, keys: KEYS, clock: systemClock, log: quiet });

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
  [one, other] = [await open(), await open()];
});
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await bus.close();
  await nats.remove();
});

/** What a coordinator makes of a token now. */
function refusal({ check }: Tokens, token: string): string {
  const verdict = check.look(token, { presentation: 'bbb', address: () => '', nowMs: Date.now() });
  return verdict.kind === 'good' ? 'good' : verdict.refusal;
}

/** A new token that counts, and what `/play` of a coordinator gives for it. */
function counting(max: number) {
  const said = claims(Date.now(), { id: one.newId(), sessionsMax: max });
  const token = tokenOf(Date.now(), said);
  return {
    said,
    token,
    begin: (at: Tokens, change: Partial<Claims> = {}) => at.begin(token, { ...said, ...change }),
  };
}

const sessionOf = (token: string | null) => (token === null ? null : (parse(token, KEYS)?.session ?? null));

test('a token that counts nobody is sent on as it is', () => {
  const token = tokenOf(Date.now());
  expect(one.begin(token, claims(Date.now()))).toBe(token);
});

test('each player gets a session of its own, and no more than there may be', async () => {
  const { begin, token } = counting(2);
  const [first, second] = [begin(one), begin(one)];
  expect(refusal(one, token)).toBe('uncounted');
  expect([first, second].map((own) => refusal(one, own ?? ''))).toEqual(['good', 'good']);
  expect(sessionOf(first)).not.toBe(sessionOf(second));
  expect(begin(one)).toBeNull();
  // Whoever comes back with its own token goes on as the same one.
  expect(one.begin(first ?? '', claims(Date.now(), parse(first ?? '', KEYS) ?? {}))).toBe(first);
  expect(await told(() => begin(other) === null)).toBe(true);
});

test('of sessions that play too many, those that began last are revoked', async () => {
  const { begin } = counting(1);
  // Both are asked before either has heard of the other.
  const [first, second] = [begin(one), begin(other)];
  const sessions = [sessionOf(first), sessionOf(second)].filter((session) => session !== null).sort();
  await eventually(() => [first, second].some((own) => refusal(one, own ?? '') === 'revoked'));
  const kept = [first, second].find((own) => refusal(one, own ?? '') === 'good');
  expect(sessionOf(kept ?? null)).toBe(sessions[0] ?? null);
});

test('sessions that edges tell of count, also those that began at nobody’s here', async () => {
  const { said, begin } = counting(1);
  const session = TokenId.parse('mi7d2k1x-abcdefghijkl');
  const message: SessionsSeen = {
    sessions: [{ token: said.id, session, max: 1, untilMs: said.expiresAtMs }],
  };
  bus.connection.publish(SESSIONS_SUBJECT, JSON.stringify(message));
  await bus.connection.flush();
  expect(await told(() => begin(one) === null)).toBe(true);
});

test('what is revoked at one is revoked at all, and at those who come later', async () => {
  const id = one.newId();
  const token = tokenOf(Date.now(), { id });
  expect(refusal(other, token)).toBe('good');
  expect(await one.revoke(id)).toBe(true);
  await eventually(() => refusal(other, token) === 'revoked');
  const late = await open();
  expect(refusal(late, token)).toBe('revoked');
  await late.close();
});

/** Messages that were published before have been heard once a later one has. */
async function told(holds: () => boolean): Promise<boolean> {
  await bus.connection.flush();
  return holds();
}
