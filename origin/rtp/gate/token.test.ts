import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { type Algorithm, printAnswer, responseOf, secretOf } from '../../../media/rtsp/digest.ts';
import { describeAll, film } from '../../../tests/fleet.ts';
import { KEYS, tokenOf } from '../../../tests/tokens.ts';
import { Catalog } from '../../../wire/catalog.ts';
import { PresentationId } from '../../../wire/ids.ts';
import { Revocations } from '../../../wire/revocations.ts';
import { asCredentials, TokenId } from '../../../wire/token.ts';
import type { TokenKeys } from '../../../wire/token-keys.ts';
import type { Asked } from './gate.ts';
import { tokenGate } from './token.ts';

const NOW = 1_795_000_000_000;
const URI = 'rtsp://host:8554/bbb';
const bbb = PresentationId.parse('bbb');

function gating(keys: TokenKeys = KEYS) {
  const described = new Catalog();
  describeAll(described, [film('bbb', { protection: 'token' }), film('open')]);
  const revocations = new Revocations();
  const clock = { nowMs: NOW, now: () => clock.nowMs, every: () => () => {} };
  const gate = tokenGate({ described, keys, revocations, clock });
  const ask = (change: Partial<Asked> = {}) =>
    gate({
      ...{ presentation: bbb, method: 'DESCRIBE', uri: URI, authorization: null, token: null },
      address: '192.0.2.7',
      ...change,
    });
  const revoke = (id: string) =>
    revocations.hear(id, new TextEncoder().encode(`{"untilMs":${NOW + 3_600_000}}`), NOW);
  /** The nonce of a challenge for one of the algorithms. */
  const nonce = async (algorithm: Algorithm = 'MD5') => {
    const answer = await ask();
    const headers = answer.kind === 'challenge' ? answer.wwwAuthenticate : [];
    const header = headers.find((one) => one.includes('SHA-256') === (algorithm === 'SHA-256'));
    return /nonce="([^"]+)"/.exec(header ?? '')?.[1] ?? '';
  };
  return { ask, clock, nonce, revoke };
}

type Digest = {
  token?: string;
  algorithm?: Algorithm;
  method?: string;
  uri?: string;
  counts?: boolean;
  nonce: string;
};

/** What a client with a token's name and password answers. */
function digest({
  token = tokenOf(NOW),
  algorithm = 'MD5',
  method = 'DESCRIBE',
  uri = URI,
  ...said
}: Digest): string {
  const { user, password } = asCredentials(token);
  const hash = (text: string) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const count = said.counts ? { nc: '00000001', cnonce: 'abc' } : null;
  const asked = { nonce: said.nonce, uri, count };
  const response = responseOf(asked, method, secretOf(user, 'Headwater', password, hash), hash);
  return printAnswer({ user, realm: 'Headwater', ...asked, response, algorithm });
}

describe('a gate', () => {
  test('is open where nothing is protected', async () => {
    const { ask } = gating();
    expect(await ask({ presentation: PresentationId.parse('open') })).toEqual({ kind: 'open' });
  });

  test('knows nothing of what is not there', async () => {
    const answer = await gating().ask({ presentation: PresentationId.parse('gone') });
    expect(answer).toEqual({ kind: 'refused', reason: "there is no presentation 'gone'" });
  });

  test('asks who shows nothing for a digest, and offers the older one last', async () => {
    const answer = await gating().ask();
    const headers = answer.kind === 'challenge' ? answer.wwwAuthenticate : [];
    expect(headers).toHaveLength(2);
    expect(headers[0]).toContain('algorithm=SHA-256');
    for (const header of headers) expect(header).toMatch(/^Digest realm="Headwater", nonce="[\w.-]+"/);
  });

  test('lets in who has a token, whichever way it comes', async () => {
    const { ask, nonce } = gating();
    const token = tokenOf(NOW);
    const { user, password } = asCredentials(token);
    const ways: readonly Partial<Asked>[] = [
      { token },
      { authorization: `Bearer ${token}` },
      { authorization: `Basic ${btoa(`${user}:${password}`)}` },
      { authorization: digest({ nonce: await nonce() }) },
      { authorization: digest({ nonce: await nonce(), counts: true }) },
      { authorization: digest({ nonce: await nonce('SHA-256'), algorithm: 'SHA-256', counts: true }) },
      { authorization: digest({ nonce: await nonce(), uri: '/bbb/' }) },
    ];
    for (const way of ways)
      expect(await ask(way)).toMatchObject({ kind: 'open', ends: expect.any(Function) });
  });

  const other = tokenOf(NOW, { presentation: PresentationId.parse('open') });
  test.each([
    ['forged', 'forged', 'this token was not made here, or with a key that is gone'],
    ['of another film', other, "this token is not for 'bbb'"],
    ['that has expired', tokenOf(NOW, { expiresAtMs: NOW }), 'this token has expired'],
    ['of another address', tokenOf(NOW, { address: '192.0.2.8' }), 'this token is for another address'],
    [
      'that counts',
      tokenOf(NOW, { sessionsMax: 1, session: TokenId.parse('a-session') }),
      'this token counts who plays with it: start at /play of the coordinator',
    ],
  ])('says what is wrong with a token %s', async (_, token, reason) => {
    expect(await gating().ask({ token })).toEqual({ kind: 'refused', reason });
  });

  test('asks again when a digest is wrong', async () => {
    const { ask, nonce } = gating();
    const right = await nonce();
    const wrong = [
      digest({ nonce: right, method: 'PLAY' }),
      digest({ nonce: right, uri: 'rtsp://host:8554/other' }),
      digest({ nonce: right, token: `${tokenOf(NOW).slice(0, -22)}${'A'.repeat(22)}` }),
      digest({ nonce: right, token: 'viewer.secret' }),
      digest({ nonce: `${right.slice(0, -1)}!` }),
      digest({ nonce: 'abc' }),
      digest({ nonce: right }).replace(/response="[^"]*"/, 'response="ab"'),
      'Digest what',
      'Negotiate abc',
      '',
    ];
    for (const authorization of wrong) {
      const answer = await ask({ authorization });
      expect(answer.kind).toBe('challenge');
      expect(JSON.stringify(answer)).not.toContain('stale');
    }
  });

  test('says that a nonce is too old, to who is right otherwise', async () => {
    const { ask, clock, nonce } = gating();
    const authorization = digest({ nonce: await nonce() });
    clock.nowMs += 61_000;
    expect(JSON.stringify(await ask({ authorization }))).toContain('stale=true');
  });

  test('without keys says so', async () => {
    expect(await gating([]).ask()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('HEADWATER_'),
    });
  });
});

describe('a session', () => {
  const opened = async (at: ReturnType<typeof gating>, token = tokenOf(NOW)) => {
    const answer = await at.ask({ token });
    if (answer.kind !== 'open' || answer.ends === undefined) throw new Error('it is not open');
    return answer.ends;
  };

  test('ends when its token is revoked, and only then', async () => {
    const at = gating();
    const [ends, left] = [await opened(at), await opened(at)];
    const reasons: string[] = [];
    ends((reason) => reasons.push(reason));
    left(() => reasons.push('left'))();
    at.revoke('another-token');
    expect(reasons).toEqual([]);
    at.revoke('token-of-a-viewer');
    at.revoke('token-of-a-viewer');
    expect(reasons).toEqual(['this token was revoked']);
  });

  test('ends when its token does', async () => {
    const at = gating();
    at.clock.now = Date.now;
    const ends = await opened(at, tokenOf(NOW, { expiresAtMs: Math.ceil(Date.now() / 1000) * 1000 }));
    expect(await new Promise<string>((resolve) => ends(resolve))).toBe('this token has expired');
  });
});
