import type { Directives } from '../media/hls/directives.ts';
import type { Timeline } from '../media/timeline.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Catalog } from '../wire/catalog.ts';
import type { Output } from '../wire/channel.ts';
import { Epoch, type PresentationId, type TrackId } from '../wire/ids.ts';
import type { ChunkPath, ImmutablePath, MediaPath } from '../wire/paths.ts';
import type { MediaCache } from './cache.ts';
import { Demanding } from './demanding.ts';
import { absent, type Found } from './found.ts';
import { ManifestFinder } from './manifest-finder.ts';
import { mediaSeconds } from './media-facts.ts';
import { MediaFinder } from './media-finder.ts';
import { ReadyManifests } from './ready.ts';
import type { Replica } from './replica.ts';
import { Replicas } from './replicas.ts';
import { findSdp } from './sdp.ts';
import type { Show } from './show.ts';
import type { Stored } from './stored.ts';
import { isTransport, uncarried } from './transport.ts';
import { Waiting } from './waiting.ts';
import { Watching } from './watching.ts';

/** All but posters, which have no timeline. */
export type ViewerPath = Exclude<MediaPath, { kind: 'poster' }>;

/** What is made of a timeline. */
type MediaViewerPath = Exclude<ViewerPath, { kind: 'sdp' }>;
/** How often it is noted which manifests were asked for: often enough for what counts as watched. */
const TELL_MS = 1_000;

export type Parts = {
  readonly bus: Bus;
  readonly catalog: Catalog;
  readonly cache: MediaCache;
  readonly clock: Clock;
  readonly log: Log;
};

/** What is not in the outputs of a presentation is not rendered. Media is the same for all of them. */
const OUTPUTS: Readonly<Partial<Record<MediaPath['kind'], Output>>> = {
  multivariant: 'hls',
  playlist: 'hls',
  'i-frames': 'hls',
  'ts-multivariant': 'hls',
  'ts-playlist': 'hls',
  mpd: 'dash',
};

/** Finds what viewers ask for: manifests from the timelines, media from memory or the origin. */
export class Viewing {
  readonly #parts: Parts;
  readonly #manifests: ManifestFinder;
  readonly #media: MediaFinder;
  readonly #ready: ReadyManifests;
  readonly #stopTelling: () => void;
  readonly replicas: Replicas;
  readonly watching: Watching;
  readonly waiting = new Waiting<Found>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { bus, catalog, cache, clock, log } = parts;
    this.replicas = new Replicas(bus, clock, log, (...change) => this.#onChanged(...change));
    this.watching = new Watching(
      bus,
      clock,
      (path, bytes) => this.#onPushed(path, bytes),
      (presentation, track) => cache.forget(presentation, track),
    );
    this.#ready = new ReadyManifests(catalog);
    const { watching, waiting } = this;
    const demanding = new Demanding(bus, clock);
    this.#manifests = new ManifestFinder({
      catalog,
      clock,
      ready: this.#ready,
      demanding,
      watching,
      waiting,
    });
    this.#media = new MediaFinder(cache, waiting);
    this.#stopTelling = clock.every(TELL_MS, () => this.#ready.tell());
  }

  close(): void {
    this.#stopTelling();
    this.watching.close();
    this.replicas.close();
  }

  /** A manifest that was asked for before and has not changed since. */
  peek(pathname: string): Stored | null {
    return this.#ready.peek(pathname);
  }

  /** At once when the presentation is followed and the answer is in memory, else after a wait. */
  find(path: ViewerPath, asked: Directives): Found | Promise<Found> {
    const presentation = this.#parts.catalog.get(path.presentation);
    if (presentation === null) return absent(`no presentation '${path.presentation}'`);
    if ('track' in path && !presentation.tracks.some(({ id }) => id === path.track)) {
      return absent(`'${presentation.id}' has no track '${path.track}'`);
    }
    if (path.kind === 'sdp') return findSdp(presentation, path.index);
    const output = OUTPUTS[path.kind];
    if (output !== undefined && !presentation.outputs.includes(output)) {
      return absent(`'${presentation.id}' has no ${output.toUpperCase()}`);
    }
    const codec = isTransport(path) ? uncarried(presentation) : null;
    if (codec !== null) return absent(`'${presentation.id}' is not to be had in MPEG-TS: it has ${codec}`);
    const replica = this.replicas.peek(presentation.id);
    if (replica !== null) return this.#findIn({ presentation, replica }, path, asked);
    return this.replicas
      .get(presentation.id)
      .then((opened) => this.#findIn({ presentation, replica: opened }, path, asked));
  }

  #findIn(show: Show, path: MediaViewerPath, asked: Directives): Found | Promise<Found> {
    show.replica.lastAskedMs = this.#parts.clock.now();
    switch (path.kind) {
      case 'multivariant':
      case 'mpd':
      case 'playlist':
      case 'i-frames':
      case 'ts-multivariant':
      case 'ts-playlist':
        return this.#manifests.find(show, path, asked);
      case 'chunk':
        return this.#media.chunk(show, path);
      case 'segment':
        return this.#media.segment(show, path);
      case 'init':
        return this.#media.media(show, path);
      case 'ts':
        return this.#media.transport(show, path);
    }
  }

  /** A presentation is described anew. */
  described(id: PresentationId): void {
    this.waiting.release(id);
  }

  /** A pushed chunk comes just before its announcement: who waits for it gets it now. */
  #onPushed(path: ChunkPath, bytes: Uint8Array): void {
    const show = this.#showing(path);
    if (show === null) return;
    const seconds = (show.presentation.chunkDurationMs ?? 0) / 1000;
    const counts = mediaSeconds(show.presentation, show.replica, path, seconds);
    this.#parts.cache.put(path, new Uint8Array(bytes), counts);
    this.waiting.release(`${path.presentation}/${path.track}`);
  }

  #showing({ presentation: id }: ImmutablePath): Show | null {
    const presentation = this.#parts.catalog.get(id);
    const replica = this.replicas.peek(id);
    return presentation === null || replica === null ? null : { presentation, replica };
  }

  /** A track has grown: those who wait are answered, and what is new is taken when somebody watches. */
  #onChanged(replica: Replica, track: TrackId, timeline: Timeline): void {
    const { presentation } = replica;
    this.waiting.release(`${presentation}/${track}`);
    this.waiting.release(presentation);
    const segment = timeline.open ?? timeline.last;
    const index = timeline.newest?.index ?? 0;
    if (segment === null || timeline.ended || !this.watching.has(presentation, track)) return;
    const at = { presentation, track, epoch: Epoch.parse(segment.epoch), number: segment.number };
    if (timeline.chunksOf(at.number).length > 0) this.#take({ kind: 'chunk', ...at, index });
    if (timeline.open === null) this.#take({ kind: 'segment', ...at });
  }

  #take(path: ImmutablePath): void {
    const show = this.#showing(path);
    if (show === null) return;
    this.#media.media(show, path).catch((error) => {
      this.#parts.log.warn({ path, err: error }, 'taking what is new failed');
    });
  }
}
