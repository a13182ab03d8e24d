import { createHash, timingSafeEqual } from 'node:crypto';
import { parse as parseBasic } from '../../../media/rtsp/credentials.ts';
import {
  type Algorithm,
  parse as parseDigest,
  printChallenge,
  responseOf,
  secretOf,
} from '../../../media/rtsp/digest.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Catalog } from '../../../wire/catalog.ts';
import type { Revocations } from '../../../wire/revocations.ts';
import { asCredentials, ofUser } from '../../../wire/token.ts';
import { explain, TokenCheck } from '../../../wire/token-check.ts';
import type { TokenKeys } from '../../../wire/token-keys.ts';
import { endingWith } from './ending.ts';
import type { Asked, Gate, GateAnswer } from './gate.ts';
import { Nonces } from './nonce.ts';

export type Gating = {
  readonly described: Catalog;
  readonly keys: TokenKeys;
  readonly revocations: Revocations;
  readonly clock: Clock;
};

const REALM = 'Headwater';

/** What a request shows for itself. */
type Shown =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'nothing' }
  /** What can't be right; `stale` when only the nonce is too old. */
  | { readonly kind: 'wrong'; readonly stale: boolean };

/**
 * Opens what is protected to who has a token: in the address, as a bearer token, or as the name and password that it
 * is made of, by Basic or Digest. It keeps nothing of anybody.
 */
export function tokenGate({ described, keys, revocations, clock }: Gating): Gate {
  const check = new TokenCheck(keys, revocations);
  const nonces = new Nonces();
  return async (asked) => {
    const presentation = described.get(asked.presentation);
    if (presentation === null) return refused(`there is no presentation '${asked.presentation}'`);
    if (presentation.protection === 'none') return { kind: 'open' };
    const now = clock.now();
    const shown =
      keys.length === 0 ? ({ kind: 'token', token: '' } as const) : show(asked, keys, nonces, now);
    if (shown.kind !== 'token')
      return {
        kind: 'challenge',
        wwwAuthenticate: challenges(nonces.make(now), shown.kind === 'wrong' && shown.stale),
      };
    const use = { presentation: presentation.id, address: () => asked.address, nowMs: now };
    const verdict = check.look(shown.token, use);
    if (verdict.kind === 'refused') return refused(explain(verdict.refusal, presentation.id));
    // Only edges tell who plays.
    if (verdict.claims.sessionsMax !== null) return refused(explain('uncounted', presentation.id));
    return { kind: 'open', ends: endingWith(verdict.claims, revocations, clock.now) };
  };
}

const refused = (reason: string): GateAnswer => ({ kind: 'refused', reason });

/** ffmpeg, live555 and GStreamer take the last, and know MD5 alone; who knows both takes the first (RFC 7616 §3.7). */
const challenges = (nonce: string, stale: boolean): readonly string[] => [
  printChallenge({ realm: REALM, nonce, algorithm: 'SHA-256', counts: true, stale }),
  printChallenge({ realm: REALM, nonce, algorithm: 'MD5', counts: false, stale }),
];

function show(
  { token, authorization, method, uri }: Asked,
  keys: TokenKeys,
  nonces: Nonces,
  nowMs: number,
): Shown {
  if (token !== null) return { kind: 'token', token };
  if (authorization === null) return { kind: 'nothing' };
  const bearer = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return { kind: 'token', token: bearer };
  const basic = parseBasic(authorization);
  if (basic !== null) return { kind: 'token', token: `${basic.user}.${basic.password}` };
  return showDigest(authorization, { method, uri }, keys, nonces.look.bind(nonces), nowMs);
}

function showDigest(
  authorization: string,
  { method, uri }: Pick<Asked, 'method' | 'uri'>,
  keys: TokenKeys,
  look: Nonces['look'],
  nowMs: number,
): Shown {
  const answer = parseDigest(authorization);
  const token = answer === null ? null : ofUser(answer.user, keys);
  if (answer === null || token === null || !isSame(answer.uri, uri)) return WRONG;
  const hash = hashes[answer.algorithm];
  const secret = secretOf(answer.user, REALM, asCredentials(token).password, hash);
  if (!isEqual(answer.response, responseOf(answer, method, secret, hash))) return WRONG;
  switch (look(answer.nonce, nowMs)) {
    case 'good':
      return { kind: 'token', token };
    case 'stale':
      return { kind: 'wrong', stale: true };
    case 'forged':
      return WRONG;
  }
}

const WRONG: Shown = { kind: 'wrong', stale: false };

const hashes: Readonly<Record<Algorithm, (text: string) => string>> = {
  MD5: (text) => createHash('md5').update(text).digest('hex'),
  'SHA-256': (text) => createHash('sha256').update(text).digest('hex'),
};

const isEqual = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

/** Some sign the whole URL, some its path: what was signed for another resource is not for this one (§3.4.6). */
const isSame = (signed: string, asked: string) => pathOf(signed) === pathOf(asked);

const pathOf = (uri: string) => uri.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/$/, '');
