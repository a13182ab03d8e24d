import type { Clock } from '../runtime/clock.ts';
import type { Peer } from '../runtime/http.ts';
import type { Catalog } from '../wire/catalog.ts';
import type { PresentationId } from '../wire/ids.ts';
import { TOKEN_PREFIX } from '../wire/paths.ts';
import type { Claims } from '../wire/token.ts';
import { explain, type TokenCheck } from '../wire/token-check.ts';

/** Whether a request may have what it asks for. */
export type Access =
  | { readonly kind: 'open' }
  /** Protected: for this viewer alone. */
  | { readonly kind: 'allowed'; readonly claims: Claims }
  | { readonly kind: 'unknown'; readonly problem: string }
  | { readonly kind: 'refused'; readonly problem: string };

const OPEN: Access = { kind: 'open' };

/** What is asked for, and the token before it. */
export type Behind = { readonly token: string; readonly path: string };

/** Reads `/t/<token>/…`; null for every other path. */
export function behindToken(path: string): Behind | null {
  if (!path.startsWith(TOKEN_PREFIX)) return null;
  const end = path.indexOf('/', TOKEN_PREFIX.length);
  return end < 0 ? null : { token: path.slice(TOKEN_PREFIX.length, end), path: path.slice(end) };
}

export type GuardParts = {
  readonly catalog: Catalog;
  readonly check: TokenCheck;
  readonly clock: Clock;
};

/** Decides on each request for something of a presentation, before anybody looks for it. */
export class Guard {
  readonly #parts: GuardParts;
  refusals = 0;

  constructor(parts: GuardParts) {
    this.#parts = parts;
  }

  /** `path` is `/v/<id>/…`. What is open to all needs no token, and no other is looked at. */
  access(path: string, token: string | null, request: Request, peer: Peer): Access {
    const end = path.indexOf('/', '/v/'.length);
    const id = path.slice('/v/'.length, end < 0 ? path.length : end);
    const presentation = this.#parts.catalog.get(id as PresentationId);
    if (presentation === null) return { kind: 'unknown', problem: `no presentation '${id}'` };
    if (presentation.protection === 'none') return OPEN;
    const address = () => peer.addressOf(request);
    const verdict = this.#parts.check.look(token, {
      presentation: id,
      address,
      nowMs: this.#parts.clock.now(),
    });
    if (verdict.kind === 'good') return { kind: 'allowed', claims: verdict.claims };
    this.refusals += 1;
    return { kind: 'refused', problem: explain(verdict.refusal, id) };
  }
}
