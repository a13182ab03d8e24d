import { LRUCache } from 'lru-cache';
import type { PresentationId } from '../../wire/ids.ts';
import type { MediaPath } from '../../wire/paths.ts';
import { keyOf, type Storage } from '../packaging/storage.ts';
import { stillOf } from '../transcode/still.ts';

/** Where the newest picture of a live channel is: its init segment and its last segment. */
export type Newest = { readonly init: MediaPath; readonly segment: MediaPath };

/** How old the picture of a live channel may get before it is taken anew, when somebody asks. */
const LIVE_POSTER_MS = 30_000;

const LIVE_POSTERS_MAX = 256;

/** Posters: a film's is stored, a live channel's is taken from its newest segment when it is asked for. */
export class Posters {
  readonly #storage: Storage;
  readonly #newest: (presentation: PresentationId) => Newest | null;
  readonly #live: LRUCache<PresentationId, Uint8Array>;

  constructor(storage: Storage, newest: (presentation: PresentationId) => Newest | null) {
    this.#storage = storage;
    this.#newest = newest;
    this.#live = new LRUCache({
      max: LIVE_POSTERS_MAX,
      ttl: LIVE_POSTER_MS,
      fetchMethod: (id) => this.#take(id),
    });
  }

  async respond(presentation: PresentationId): Promise<Response> {
    const stored = await this.#storage.get(keyOf({ kind: 'poster', presentation }));
    const bytes = stored ?? (await this.#live.fetch(presentation).catch(() => undefined));
    if (!bytes) return new Response('no poster\n', { status: 404 });
    return new Response(new Uint8Array(bytes), { headers: { 'Content-Type': 'image/jpeg' } });
  }

  async #take(presentation: PresentationId): Promise<Uint8Array | undefined> {
    const newest = this.#newest(presentation);
    if (newest === null) return undefined;
    const init = await this.#storage.get(keyOf(newest.init));
    const segment = await this.#storage.get(keyOf(newest.segment));
    if (init === null || segment === null) return undefined;
    return stillOf(init, segment);
  }
}
