import { type Directives, reach } from '../media/hls/directives.ts';
import type { Timeline } from '../media/timeline.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Catalog } from '../wire/catalog.ts';
import { Epoch, type TrackId } from '../wire/ids.ts';
import type { ChunkPath, ImmutablePath, MediaPath, SegmentPath } from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import type { MediaCache } from './cache.ts';
import { absent, type Found } from './found.ts';
import { grow } from './growing.ts';
import { Manifests } from './manifests.ts';
import { chunkStands, mayExist, mediaSeconds } from './media-facts.ts';
import type { Replica } from './replica.ts';
import { Replicas } from './replicas.ts';
import type { Stored } from './stored.ts';
import { Waiting } from './waiting.ts';
import { Watching } from './watching.ts';

/** All but posters, which have no timeline. */
export type ViewerPath = Exclude<MediaPath, { kind: 'poster' }>;

/** A blocked request is answered after this at the latest, in target durations (§6.2.5.2). */
const BLOCK_TARGETS = 3;

export type Parts = {
  readonly bus: Bus;
  readonly catalog: Catalog;
  readonly cache: MediaCache;
  readonly clock: Clock;
  readonly log: Log;
};

/** Finds what viewers ask for: manifests from the timelines, media from memory or the origin. */
export class Viewing {
  readonly #parts: Parts;
  readonly #manifests = new Manifests();
  readonly replicas: Replicas;
  readonly watching: Watching;
  readonly waiting = new Waiting<Found>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { bus, clock, log } = parts;
    this.replicas = new Replicas(bus, clock, log, (...change) => this.#onChanged(...change));
    this.watching = new Watching(bus, clock, (path, bytes) => this.#onPushed(path, bytes));
  }

  close(): void {
    this.watching.close();
    this.replicas.close();
  }

  /** At once when the presentation is followed and the answer is in memory, else after a wait. */
  find(path: ViewerPath, asked: Directives): Found | Promise<Found> {
    const presentation = this.#parts.catalog.get(path.presentation);
    if (presentation === null) return absent(`no presentation '${path.presentation}'`);
    if ('track' in path && !presentation.tracks.some(({ id }) => id === path.track)) {
      return absent(`'${presentation.id}' has no track '${path.track}'`);
    }
    const replica = this.replicas.peek(presentation.id);
    if (replica !== null) return this.#findIn(presentation, replica, path, asked);
    return this.replicas
      .get(presentation.id)
      .then((opened) => this.#findIn(presentation, opened, path, asked));
  }

  #findIn(
    presentation: Presentation,
    replica: Replica,
    path: ViewerPath,
    asked: Directives,
  ): Found | Promise<Found> {
    replica.lastAskedMs = this.#parts.clock.now();
    switch (path.kind) {
      case 'multivariant':
        return manifest(presentation, this.#manifests.multivariant(presentation, replica));
      case 'mpd':
        return manifest(presentation, this.#manifests.mpd(presentation, replica));
      case 'playlist':
        return this.#playlist(presentation, replica, path.track, asked);
      case 'chunk':
        return this.#chunk(presentation, replica, path);
      case 'segment':
        return this.#segment(presentation, replica, path);
      case 'init':
        return this.#media(presentation, replica, path);
    }
  }

  #playlist(
    presentation: Presentation,
    replica: Replica,
    track: TrackId,
    asked: Directives,
  ): Found | Promise<Found> {
    const { id, kind, targetDurationMs, chunkDurationMs } = presentation;
    if (kind === 'live') this.watching.touch(id, track, targetDurationMs);
    const render = () =>
      manifest(presentation, this.#manifests.playlist(presentation, replica, track, asked));
    const { block } = asked;
    const timeline = replica.timelines.get(track);
    if (block === null || timeline === undefined) return render();
    if (reach(timeline, block, chunkDurationMs) === 'too-far') {
      return {
        kind: 'refused',
        problem: `segment ${block.number} is too far ahead of ${timeline.last?.number}`,
      };
    }
    return this.#hold(presentation, track, () => {
      const now = replica.timelines.get(track);
      return now && reach(now, block, chunkDurationMs) === 'not-yet' ? null : render();
    });
  }

  /** Holds a request until `look` finds something, each time the track has grown. */
  #hold(
    { id, targetDurationMs }: Presentation,
    track: TrackId,
    look: () => Found | null,
  ): Found | Promise<Found> {
    const late: Found = { kind: 'too-early', problem: `'${id}' has not come so far` };
    const found = this.waiting.wait(`${id}/${track}`, BLOCK_TARGETS * targetDurationMs, look);
    if (found instanceof Promise) return found.then((later) => later ?? late);
    return found ?? late;
  }

  async #chunk(presentation: Presentation, replica: Replica, path: ChunkPath): Promise<Found> {
    const gone: Found = absent('no such chunk');
    const stands = () => chunkStands(replica.timelines.get(path.track), path);
    const known = await this.#hold(presentation, path.track, () => {
      switch (stands()) {
        case 'next':
          return null;
        case 'here':
          return { kind: 'announced' };
        case 'never':
          return gone;
      }
    });
    return known.kind === 'announced' ? this.#media(presentation, replica, path) : known;
  }

  /** A segment that still grows is sent as it grows. */
  #segment(presentation: Presentation, replica: Replica, path: SegmentPath): Found | Promise<Found> {
    if (chunkStands(replica.timelines.get(path.track), { ...path, kind: 'chunk', index: 0 }) === 'never') {
      return this.#media(presentation, replica, path);
    }
    if (replica.timelines.get(path.track)?.find(path.epoch, path.number)) {
      return this.#media(presentation, replica, path);
    }
    return { kind: 'growing', chunks: grow(path, (chunk) => this.#chunk(presentation, replica, chunk)) };
  }

  async #media(presentation: Presentation, replica: Replica, path: ImmutablePath): Promise<Found> {
    if (!mayExist(replica, path)) return absent('no such segment');
    const stored = await this.#parts.cache.get({
      path,
      mediaSeconds: mediaSeconds(presentation, replica, path),
      chunks:
        path.kind === 'segment' ? (replica.timelines.get(path.track)?.chunksOf(path.number).length ?? 0) : 0,
    });
    return stored === null ? absent('no such segment') : { kind: 'stored', stored };
  }

  /** A pushed chunk comes just before its announcement. */
  #onPushed(path: ChunkPath, bytes: Uint8Array): void {
    const presentation = this.#parts.catalog.get(path.presentation);
    const replica = this.replicas.peek(path.presentation);
    if (presentation === null || replica === null) return;
    const seconds = (presentation.chunkDurationMs ?? 0) / 1000;
    const counts = mediaSeconds(presentation, replica, path, seconds);
    this.#parts.cache.put(path, new Uint8Array(bytes), counts);
  }

  /** A track has grown: those who wait are answered, and what is new is taken when somebody watches. */
  #onChanged(replica: Replica, track: TrackId, timeline: Timeline): void {
    this.waiting.release(`${replica.presentation}/${track}`);
    const newest = timeline.newest;
    const segment = timeline.open ?? timeline.last;
    if (newest === null || segment === null || timeline.ended) return;
    if (!this.watching.has(replica.presentation, track)) return;
    const at = {
      presentation: replica.presentation,
      track,
      epoch: Epoch.parse(segment.epoch),
      number: newest.number,
    };
    if (timeline.chunksOf(newest.number).length > 0)
      this.#take({ kind: 'chunk', ...at, index: newest.index });
    if (timeline.open === null) this.#take({ kind: 'segment', ...at });
  }

  #take(path: ImmutablePath): void {
    const presentation = this.#parts.catalog.get(path.presentation);
    const replica = this.replicas.peek(path.presentation);
    if (presentation === null || replica === null) return;
    this.#media(presentation, replica, path).catch((error) => {
      this.#parts.log.warn({ path, err: error }, 'taking what is new failed');
    });
  }
}

function manifest(presentation: Presentation, stored: Stored | null): Found {
  if (stored !== null) return { kind: 'stored', stored };
  const { state, id } = presentation;
  if (state.name === 'failed') return absent(`'${id}' can't be played: ${state.reason}`);
  const how = isPlayable(presentation) ? 'starting' : state.name;
  return { kind: 'too-early', problem: `'${id}' has nothing to play yet: it is ${how}` };
}
