import { describe, expect, test } from 'bun:test';
import { KEY, KEYS, tokenOf } from '../tests/tokens.ts';
import { PresentationId } from './ids.ts';
import { Revocations } from './revocations.ts';
import { type Claims, TOKEN_LIFETIME_MAX_MS, TokenId } from './token.ts';
import { explain, type Refusal, TokenCheck } from './token-check.ts';

const NOW = 1_795_000_000_500;
const session = TokenId.parse('session-of-a-viewer');

function checking() {
  const revocations = new Revocations();
  const check = new TokenCheck(KEYS, revocations);
  const outcome = (token: string | null, address = '192.0.2.7', nowMs = NOW) => {
    const verdict = check.look(token, { presentation: 'bbb', address: () => address, nowMs });
    return verdict.kind === 'good' ? 'good' : verdict.refusal;
  };
  const revoke = (id: string, untilMs = NOW + 3_600_000, nowMs = NOW) =>
    revocations.hear(id, new TextEncoder().encode(JSON.stringify({ untilMs })), nowMs);
  return { revocations, check, outcome, revoke };
}

describe('a token', () => {
  test.each<[string, Partial<Claims>, string, Refusal | 'good']>([
    ['of a viewer', {}, '192.0.2.7', 'good'],
    ['that ends in a moment', { expiresAtMs: NOW + 500 }, '192.0.2.7', 'good'],
    ['that has just ended', { expiresAtMs: NOW - 500 }, '192.0.2.7', 'expired'],
    ['that would never end', { expiresAtMs: NOW + TOKEN_LIFETIME_MAX_MS + 60_000 }, '192.0.2.7', 'expired'],
    ['of another film', { presentation: PresentationId.parse('bbb2') }, '192.0.2.7', 'wrong-presentation'],
    ['of this address', { address: '192.0.2.7' }, '192.0.2.7', 'good'],
    ['of this address in IPv6', { address: '192.0.2.7' }, '::ffff:192.0.2.7', 'good'],
    ['of this address in other words', { address: '2001:db8::1' }, '2001:0DB8:0:0::0001', 'good'],
    ['of another address', { address: '192.0.2.7' }, '192.0.2.70', 'wrong-address'],
    ['of an address, from nowhere', { address: '192.0.2.7' }, '', 'wrong-address'],
    ['that counts', { sessionsMax: 1 }, '192.0.2.7', 'uncounted'],
    ['that is counted', { sessionsMax: 1, session }, '192.0.2.7', 'good'],
  ])('%s', (_, change, address, expected) => {
    const { outcome } = checking();
    const token = tokenOf(NOW, change);
    // The second time it is known.
    expect([outcome(token, address), outcome(token, address)]).toEqual([expected, expected]);
  });

  test('is needed, and has to be one', () => {
    const { outcome } = checking();
    expect([outcome(null), outcome(''), outcome('abc')]).toEqual(['missing', 'forged', 'forged']);
  });

  test('that was good ends by itself', () => {
    const { outcome } = checking();
    const token = tokenOf(NOW);
    expect(outcome(token)).toBe('good');
    expect(outcome(token, '', NOW + 3_600_000)).toBe('expired');
  });

  test('opens nothing without keys', () => {
    const check = new TokenCheck([], new Revocations());
    const use = { presentation: 'bbb', address: () => '', nowMs: NOW };
    expect(check.look(tokenOf(NOW), use)).toEqual({ kind: 'refused', refusal: 'no-keys' });
  });

  test('that is revoked is good no more, nor is a session that is', () => {
    const { outcome, revoke } = checking();
    const token = tokenOf(NOW);
    const counted = tokenOf(NOW, { id: TokenId.parse('another-token'), sessionsMax: 2, session });
    expect([outcome(token), outcome(counted)]).toEqual(['good', 'good']);
    revoke('token-of-a-viewer');
    expect([outcome(token), outcome(counted)]).toEqual(['revoked', 'good']);
    revoke(session);
    expect(outcome(counted)).toBe('revoked');
  });

  test('is still found when thousands of others were', () => {
    const { outcome } = checking();
    const tokens = Array.from({ length: 9_000 }, (_, index) =>
      tokenOf(NOW, { id: TokenId.parse(`token-${index}-xx`) }),
    );
    for (const token of [...tokens, ...tokens]) expect(outcome(token)).toBe('good');
  });
});

describe('revocations', () => {
  test('are told as they come, and let go when they would be over anyway', () => {
    const { revocations, revoke } = checking();
    const told: string[] = [];
    const stop = revocations.onRevoked((id) => told.push(id));
    expect(revoke('token-of-a-viewer', NOW + 1_000)).toBe(true);
    stop();
    revoke('another-token', NOW + 120_000);
    expect(told).toEqual(['token-of-a-viewer']);
    expect(revocations.size).toBe(2);
    revoke('a-third-token', NOW + 120_000, NOW + 70_000);
    expect(
      [...['token-of-a-viewer', 'another-token']].map((id) => revocations.has(TokenId.parse(id))),
    ).toEqual([false, true]);
  });

  test('that can not be read change nothing', () => {
    const { revocations, revoke } = checking();
    expect(revoke('x')).toBe(false);
    expect(revocations.hear('token-of-a-viewer', new TextEncoder().encode('{}'), NOW)).toBe(false);
    expect(revoke('token-of-a-viewer', NOW - 1)).toBe(true);
    expect(revocations.size).toBe(0);
  });
});

test('each refusal is said in words', () => {
  const refusals: readonly Refusal[] = ['missing', 'forged', 'expired', 'revoked', 'wrong-presentation'];
  const others: readonly Refusal[] = ['wrong-address', 'uncounted', 'no-keys'];
  const sentences = [...refusals, ...others].map((refusal) => explain(refusal, 'bbb'));
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).not.toContain(KEY.secret);
});
