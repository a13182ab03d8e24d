import type { Context, Next } from 'hono';
import type { Clock } from '../../runtime/clock.ts';
import type { Catalog } from '../../wire/catalog.ts';
import type { PresentationId } from '../../wire/ids.ts';
import { isPass, PASS_HEADER } from '../../wire/pull-pass.ts';
import type { TokenKeys } from '../../wire/token-keys.ts';

export type Guarding = {
  readonly described: Catalog;
  readonly keys: TokenKeys;
  readonly clock: Clock;
};

/**
 * Lets anybody have what is described as open, and edges the rest: what is protected, and what is not described (yet),
 * such as a recording that runs.
 */
export function guard({ described, keys, clock }: Guarding) {
  return async (c: Context, next: Next): Promise<Response | undefined> => {
    const { path } = c.req;
    const id = path.split('/')[2] as PresentationId;
    const isOpen = described.get(id)?.protection === 'none';
    if (!isOpen && !isPass(c.req.header(PASS_HEADER) ?? '', path, keys, clock.now()))
      return c.text(CLOSED, 403);
    await next();
    return undefined;
  };
}

const CLOSED = 'this is not open to all: edges pull it, with the same HEADWATER_TOKEN_KEYS as the origin\n';
