import { type ChunkPath, type ImmutablePath, print, type SegmentPath, type TsPath } from '../wire/paths.ts';
import type { MediaCache } from './cache.ts';
import { absent, type Found } from './found.ts';
import { grow } from './growing.ts';
import { hold } from './holding.ts';
import { chunkStands, mayExist, mediaSeconds } from './media-facts.ts';
import type { Show } from './show.ts';
import type { Waiting } from './waiting.ts';

/**
 * Held chunks that are sent in one turn: half a millisecond's work. The announcement comes behind a pushed chunk, and
 * the playlists that it releases are small: they go first when it is heard while chunks are still being sent.
 */
const CHUNK_BATCH = 32;

/** Finds media: in memory or at the origin, held until it is there. */
export class MediaFinder {
  readonly #cache: MediaCache;
  readonly #waiting: Waiting<Found>;

  constructor(cache: MediaCache, waiting: Waiting<Found>) {
    this.#cache = cache;
    this.#waiting = waiting;
  }

  /**
   * A chunk that comes next is held until it is here: players are told of it before (EXT-X-PRELOAD-HINT). One that was
   * pushed is here, though it is not yet announced.
   */
  chunk(show: Show, path: ChunkPath): Found | Promise<Found> {
    const { presentation, replica } = show;
    const what = print(path);
    const look = (): Found | Promise<Found> | null => {
      const stored = this.#cache.peek(what);
      if (stored !== null) return { kind: 'stored', stored };
      switch (chunkStands(replica.timelines.get(path.track), path)) {
        case 'next':
          return null;
        case 'here':
          return this.media(show, path);
        case 'never':
          return this.#followsPushed(show, path) ? null : absent('no such chunk');
      }
    };
    return hold(this.#waiting, presentation, path.track, { what, look, batch: CHUNK_BATCH });
  }

  /** Whether a chunk comes behind one that was pushed and is about to be announced. */
  #followsPushed({ replica }: Show, path: ChunkPath): boolean {
    if (path.index === 0) return false;
    const before = { ...path, index: path.index - 1 };
    const stands = chunkStands(replica.timelines.get(path.track), before);
    return stands === 'next' && this.#cache.has(before);
  }

  /** A segment that still grows is sent as it grows. */
  segment(show: Show, path: SegmentPath): Found | Promise<Found> {
    const timeline = show.replica.timelines.get(path.track);
    const isGrowing = chunkStands(timeline, { ...path, kind: 'chunk', index: 0 }) !== 'never';
    if (!isGrowing || timeline?.find(path.epoch, path.number)) return this.media(show, path);
    return { kind: 'growing', chunks: grow(path, (chunk) => this.chunk(show, chunk)) };
  }

  media(show: Show, path: ImmutablePath): Promise<Found> {
    return this.#stored(show, path, path);
  }

  /** Made of the segment in CMAF, once that is whole. */
  transport(show: Show, path: TsPath): Promise<Found> {
    return this.#stored(show, path, { ...path, kind: 'segment' });
  }

  /** What is under a path, which has to do with `media` of the timeline. */
  async #stored(
    { presentation, replica }: Show,
    path: ImmutablePath | TsPath,
    media: ImmutablePath,
  ): Promise<Found> {
    if (!mayExist(replica, media)) return absent('no such segment');
    const timeline = replica.timelines.get(path.track);
    const stored = await this.#cache.get({
      path,
      mediaSeconds: mediaSeconds(presentation, replica, media),
      chunks: media.kind === 'segment' ? (timeline?.chunksOf(media.number).length ?? 0) : 0,
    });
    return stored === null ? absent('no such segment') : { kind: 'stored', stored };
  }
}
