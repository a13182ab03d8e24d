import { LRUCache } from 'lru-cache';
import type { PresentationId, TrackId } from '../wire/ids.ts';
import * as Paths from '../wire/paths.ts';
import type { Fetched, OriginClient } from './origin-client.ts';
import { bytesOf, IMMUTABLE, type Stored, store } from './stored.ts';
import { convert } from './transport.ts';

/** What is asked for: an immutable path, and the seconds of playback that it stands for. */
export type Wanted = {
  readonly path: Paths.ImmutablePath | Paths.TsPath;
  readonly mediaSeconds: number;
  /** How many chunks a segment is made of, when it is known: it is put together from those that are here. */
  readonly chunks?: number;
};

/** A path that the origin did not have is not asked for again so soon: long enough to stop a herd. */
const ABSENT_MS = 1_000;
const ABSENT_MAX = 10_000;

const TYPES = {
  init: 'video/mp4',
  segment: 'video/iso.segment',
  chunk: 'video/iso.segment',
  ts: 'video/mp2t',
} as const;

export type CacheCounts = { hits: number; misses: number; absent: number; failed: number };

/**
 * Media in memory, bounded in bytes. However many wait for an object it is pulled once; the least recently used go
 * when it is full.
 */
export class MediaCache {
  readonly counts: CacheCounts = { hits: 0, misses: 0, absent: 0, failed: 0 };
  readonly #stored: LRUCache<string, Stored, Wanted>;
  /** What is being fetched or made. */
  readonly #coming = new Set<string>();
  readonly #absent = new LRUCache<string, true>({ max: ABSENT_MAX, ttl: ABSENT_MS });

  constructor(maxBytes: number, origin: OriginClient) {
    this.#stored = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ size }, key) => size + key.length,
      fetchMethod: async (key, _, { context }) => {
        this.#coming.add(key);
        return this.#fill(key, context, origin).finally(() => this.#coming.delete(key));
      },
    });
  }

  get size(): number {
    return this.#stored.calculatedSize;
  }

  /** What is here under a URL path, without waiting. */
  peek(pathname: string): Stored | null {
    const stored = this.#stored.get(pathname);
    if (stored === undefined) return null;
    this.counts.hits += 1;
    return stored;
  }

  /** Whether an object is here. */
  has(path: Paths.ImmutablePath): boolean {
    return this.#stored.has(Paths.print(path));
  }

  /** From memory or from the origin; null when the origin has no such object. Rejects when it can't be asked. */
  async get(wanted: Wanted): Promise<Stored | null> {
    const key = Paths.print(wanted.path);
    if (this.#absent.has(key)) return null;
    return (await this.#stored.fetch(key, { context: wanted })) ?? null;
  }

  /** Takes an object that came unasked. */
  put(path: Paths.ImmutablePath, bytes: Uint8Array<ArrayBuffer>, mediaSeconds: number): void {
    this.#stored.set(Paths.print(path), storedAs(path, bytes, mediaSeconds));
  }

  /** Drops all objects of a track. */
  forget(presentation: PresentationId, track: TrackId): void {
    const start = `/v/${presentation}/${track}/`;
    for (const key of [...this.#stored.keys()]) if (key.startsWith(start)) this.#stored.delete(key);
  }

  async #fill(key: string, wanted: Wanted, origin: OriginClient): Promise<Stored | undefined> {
    if (wanted.path.kind === 'ts') return this.#convert(wanted, wanted.path);
    const assembled = await this.#assemble(wanted);
    if (assembled !== null) return storedAs(wanted.path, assembled, wanted.mediaSeconds);
    this.counts.misses += 1;
    const fetched = await this.#ask(key, origin);
    if (fetched.kind === 'absent') {
      this.counts.absent += 1;
      this.#absent.set(key, true);
      return undefined;
    }
    return storedAs(wanted.path, fetched.bytes, wanted.mediaSeconds);
  }

  /**
   * A segment is its chunks, one after another: when all are here, or on their way, it is not pulled again. One that is
   * missing is pulled alone.
   */
  async #assemble({ path, mediaSeconds, chunks = 0 }: Wanted): Promise<Uint8Array<ArrayBuffer> | null> {
    if (path.kind !== 'segment' || chunks === 0) return null;
    const names = Array.from({ length: chunks }, (_, index) => ({ ...path, kind: 'chunk' as const, index }));
    const missing = names.filter((name) => !this.has(name) && !this.#coming.has(Paths.print(name)));
    if (missing.length > 1) return null;
    const each = { mediaSeconds: mediaSeconds / chunks };
    const parts = await Promise.all(names.map((name) => this.get({ path: name, ...each })));
    const here = parts.filter((part) => part !== null);
    return here.length < chunks ? null : concat(await Promise.all(here.map(bytesOf)));
  }

  /** Of what is here, or fetched, in CMAF. */
  async #convert(wanted: Wanted, path: Paths.TsPath): Promise<Stored | undefined> {
    const init = await this.get({ path: { ...path, kind: 'init' }, mediaSeconds: 0 });
    const segment = await this.get({ ...wanted, path: { ...path, kind: 'segment' } });
    const bytes = init && segment && (await convert(init, segment, path.number));
    return bytes === null ? undefined : storedAs(path, bytes, wanted.mediaSeconds);
  }

  async #ask(key: string, origin: OriginClient): Promise<Fetched> {
    try {
      return await origin.fetch(key);
    } catch (error) {
      this.counts.failed += 1;
      throw error;
    }
  }
}

function storedAs(path: Wanted['path'], bytes: Uint8Array<ArrayBuffer>, mediaSeconds: number): Stored {
  return store(
    bytes,
    `"${path.track}-${path.epoch}-${nameOf(path)}"`,
    TYPES[path.kind],
    IMMUTABLE,
    mediaSeconds,
  );
}

function nameOf(path: Wanted['path']): string {
  switch (path.kind) {
    case 'init':
      return 'init';
    case 'segment':
      return String(path.number);
    case 'chunk':
      return `${path.number}.${path.index}`;
    case 'ts':
      return `${path.number}-ts`;
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
