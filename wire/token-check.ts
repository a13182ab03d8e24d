import { canonicalAddress } from './address.ts';
import type { PresentationId } from './ids.ts';
import type { Revocations } from './revocations.ts';
import { type Claims, parse, TOKEN_LIFETIME_MAX_MS } from './token.ts';
import type { TokenKeys } from './token-keys.ts';

/** What a token is to be good for. */
export type Use = {
  readonly presentation: string;
  /** Whose request it is; asked only of a token that is bound to one. */
  readonly address: () => string;
  readonly nowMs: number;
};

/** Why a token opens nothing. */
export type Refusal =
  | 'missing'
  | 'forged'
  | 'expired'
  | 'revoked'
  | 'wrong-presentation'
  | 'wrong-address'
  /** It counts those who play with it: who has only this has not been counted. */
  | 'uncounted'
  | 'no-keys';

export type Verdict =
  | { readonly kind: 'good'; readonly claims: Claims }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Tokens that were found to be signed, some 1 KB each. A signature costs microseconds; a player comes with the same
 * token several times a second.
 */
const KNOWN_MAX = 16_384;

/** Finds out what a token is good for, without asking anybody. */
export class TokenCheck {
  readonly #keys: TokenKeys;
  readonly #revocations: Revocations;
  #known = new Map<string, Claims>();
  /** Known to be signed before, and not asked for since. */
  #older = new Map<string, Claims>();

  constructor(keys: TokenKeys, revocations: Revocations) {
    this.#keys = keys;
    this.#revocations = revocations;
  }

  /** As `look`, of a token that may stand for many who play. */
  countable(token: string | null, use: Use): Verdict {
    if (this.#keys.length === 0) return refused('no-keys');
    if (token === null) return refused('missing');
    const claims = this.#open(token);
    if (claims === null) return refused('forged');
    if (claims.presentation !== use.presentation) return refused('wrong-presentation');
    const leftMs = claims.expiresAtMs - use.nowMs;
    if (leftMs <= 0 || leftMs > TOKEN_LIFETIME_MAX_MS) return refused('expired');
    if (this.#isRevoked(claims)) return refused('revoked');
    if (claims.address !== null && claims.address !== canonicalAddress(use.address()))
      return refused('wrong-address');
    return { kind: 'good', claims };
  }

  /** Whether a token opens a presentation for who plays it now. */
  look(token: string | null, use: Use): Verdict {
    const verdict = this.countable(token, use);
    if (verdict.kind === 'refused') return verdict;
    const { sessionsMax, session } = verdict.claims;
    return sessionsMax !== null && session === null ? refused('uncounted') : verdict;
  }

  #isRevoked({ id, session }: Claims): boolean {
    if (this.#revocations.size === 0) return false;
    return this.#revocations.has(id) || (session !== null && this.#revocations.has(session));
  }

  #open(token: string): Claims | null {
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    const claims = this.#older.get(token) ?? parse(token, this.#keys);
    if (claims !== null) this.#keep(token, claims);
    return claims;
  }

  /** Two halves: when the newer one is full it becomes the older one, which is let go. */
  #keep(token: string, claims: Claims): void {
    if (this.#known.size >= KNOWN_MAX / 2) {
      this.#older = this.#known;
      this.#known = new Map();
    }
    this.#known.set(token, claims);
  }
}

const REFUSED: Readonly<Record<Refusal, Verdict>> = {
  missing: { kind: 'refused', refusal: 'missing' },
  forged: { kind: 'refused', refusal: 'forged' },
  expired: { kind: 'refused', refusal: 'expired' },
  revoked: { kind: 'refused', refusal: 'revoked' },
  'wrong-presentation': { kind: 'refused', refusal: 'wrong-presentation' },
  'wrong-address': { kind: 'refused', refusal: 'wrong-address' },
  uncounted: { kind: 'refused', refusal: 'uncounted' },
  'no-keys': { kind: 'refused', refusal: 'no-keys' },
};

const refused = (refusal: Refusal): Verdict => REFUSED[refusal];

/** A refusal in words, for who plays. */
export function explain(refusal: Refusal, id: PresentationId | string): string {
  switch (refusal) {
    case 'missing':
      return `'${id}' is protected: a token is needed`;
    case 'forged':
      return 'this token was not made here, or with a key that is gone';
    case 'expired':
      return 'this token has expired';
    case 'revoked':
      return 'this token was revoked';
    case 'wrong-presentation':
      return `this token is not for '${id}'`;
    case 'wrong-address':
      return 'this token is for another address';
    case 'uncounted':
      return 'this token counts who plays with it: start at /play of the coordinator';
    case 'no-keys':
      return `'${id}' is protected, and this node has no keys: set HEADWATER_TOKEN_KEYS as at the coordinator`;
  }
}
