import { LRUCache } from 'lru-cache';
import type { Catalog } from '../wire/catalog.ts';
import type { PresentationId } from '../wire/ids.ts';
import { print } from '../wire/paths.ts';
import type { OriginClient } from './origin-client.ts';
import { type Stored, store } from './stored.ts';

const POSTERS_MAX = 1_024;
const KEEP_MS = 30_000;

/** Posters, pulled from the origin and kept for a short while: a live channel's picture changes. */
export class Posters {
  readonly #stored: LRUCache<PresentationId, Stored>;
  readonly #catalog: Catalog;

  constructor(origin: OriginClient, catalog: Catalog) {
    this.#catalog = catalog;
    this.#stored = new LRUCache({
      max: POSTERS_MAX,
      ttl: KEEP_MS,
      allowStale: true,
      noDeleteOnFetchRejection: true,
      fetchMethod: async (presentation) => {
        const fetched = await origin.fetch(print({ kind: 'poster', presentation }));
        if (fetched.kind === 'absent') return undefined;
        const etag = `"poster-${fetched.bytes.byteLength.toString(16)}-${Date.now().toString(36)}"`;
        return store(fetched.bytes, etag, 'image/jpeg', `public, max-age=${KEEP_MS / 1000}`);
      },
    });
  }

  async find(id: PresentationId): Promise<Stored | null> {
    if (!this.#catalog.get(id)?.poster) return null;
    return (await this.#stored.fetch(id)) ?? null;
  }
}
