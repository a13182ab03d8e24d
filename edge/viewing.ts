import { type Directives, NOTHING_ASKED, reach } from '../media/hls/directives.ts';
import type { Timeline } from '../media/timeline.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Catalog } from '../wire/catalog.ts';
import type { Output } from '../wire/channel.ts';
import { Epoch, type PresentationId, type TrackId } from '../wire/ids.ts';
import {
  type ChunkPath,
  type ImmutablePath,
  type MediaPath,
  print,
  type SegmentPath,
  type TsPath,
} from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import type { MediaCache } from './cache.ts';
import { Demanding } from './demanding.ts';
import { absent, type Found } from './found.ts';
import { grow } from './growing.ts';
import { Manifests } from './manifests.ts';
import { chunkStands, mayExist, mediaSeconds } from './media-facts.ts';
import { ReadyManifests } from './ready.ts';
import type { Replica } from './replica.ts';
import { Replicas } from './replicas.ts';
import type { Stored } from './stored.ts';
import { isTransport, uncarried } from './transport.ts';
import { type Held, Waiting } from './waiting.ts';
import { Watching } from './watching.ts';

/** All but posters, which have no timeline. */
export type ViewerPath = Exclude<MediaPath, { kind: 'poster' }>;
type ManifestPath = Extract<
  MediaPath,
  { kind: 'multivariant' | 'mpd' | 'playlist' | 'i-frames' | 'ts-multivariant' | 'ts-playlist' }
>;

/** A blocked request is answered after this at the latest, in target durations (§6.2.5.2). */
const BLOCK_TARGETS = 3;

/**
 * Held chunks that are sent in one turn: half a millisecond's work. The announcement comes behind a pushed chunk, and
 * the playlists that it releases are small: they go first when it is heard while chunks are still being sent.
 */
const CHUNK_BATCH = 32;

/** How often it is noted which manifests were asked for: often enough for what counts as watched. */
const TELL_MS = 1_000;

export type Parts = {
  readonly bus: Bus;
  readonly catalog: Catalog;
  readonly cache: MediaCache;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long the first viewer of a channel that works on demand waits for it, at most. */
const START_MS = 15_000;

/** What is not in the outputs of a presentation is not rendered. Media is the same for all of them. */
const OUTPUTS: Readonly<Partial<Record<MediaPath['kind'], Output>>> = {
  multivariant: 'hls',
  playlist: 'hls',
  'i-frames': 'hls',
  'ts-multivariant': 'hls',
  'ts-playlist': 'hls',
  mpd: 'dash',
};

/** A presentation and this edge's copy of its timelines. */
type Show = { readonly presentation: Presentation; readonly replica: Replica };

/** Finds what viewers ask for: manifests from the timelines, media from memory or the origin. */
export class Viewing {
  readonly #parts: Parts;
  readonly #manifests = new Manifests();
  readonly #ready: ReadyManifests;
  readonly #stopTelling: () => void;
  readonly #demanding: Demanding;
  readonly replicas: Replicas;
  readonly watching: Watching;
  readonly waiting = new Waiting<Found>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { bus, clock, log } = parts;
    this.replicas = new Replicas(bus, clock, log, (...change) => this.#onChanged(...change));
    this.watching = new Watching(
      bus,
      clock,
      (path, bytes) => this.#onPushed(path, bytes),
      (presentation, track) => parts.cache.forget(presentation, track),
    );
    this.#demanding = new Demanding(bus, clock);
    this.#ready = new ReadyManifests(parts.catalog);
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

  #findIn(show: Show, path: ViewerPath, asked: Directives): Found | Promise<Found> {
    show.replica.lastAskedMs = this.#parts.clock.now();
    switch (path.kind) {
      case 'multivariant':
      case 'mpd':
      case 'ts-multivariant':
      case 'ts-playlist':
        return this.#manifest(show, path, NOTHING_ASKED);
      case 'playlist':
      case 'i-frames':
        return asked.block === null ? this.#manifest(show, path, asked) : this.#blocked(show, path, asked);
      case 'chunk':
        return this.#chunk(show, path);
      case 'segment':
        return this.#segment(show, path);
      case 'init':
        return this.#media(show, path);
      case 'ts':
        return this.#transport(show, path);
    }
  }

  /** One that is about to be there is waited for: a channel starts when somebody asks, or has just started. */
  #manifest(show: Show, path: ManifestPath, asked: Directives): Found | Promise<Found> {
    const { presentation } = show;
    this.#asking(show, path)();
    if (presentation.kind !== 'live') return this.#rendered(show, path, asked) ?? notYet(presentation);
    const { id } = presentation;
    const now = () => ({ ...show, presentation: this.#parts.catalog.get(id) ?? presentation });
    const look = () => (isStarting(now().presentation) ? null : this.#rendered(now(), path, asked));
    if (!isPlayable(presentation)) return look() ?? notYet(presentation);
    const found = this.waiting.wait({ key: id, what: nameOf(path, asked), timeoutMs: START_MS, look });
    return found instanceof Promise
      ? found.then((later) => later ?? notYet(now().presentation))
      : (found ?? notYet(presentation));
  }

  /** A presentation is described anew. */
  described(id: PresentationId): void {
    this.waiting.release(id);
  }

  #rendered(show: Show, path: ManifestPath, asked: Directives): Found | null {
    const { presentation, replica } = show;
    const stored = this.#render(show, path, asked);
    if (stored === null) return null;
    const onAsked = this.#asking(show, path);
    const { revision } = replica;
    if (asked === NOTHING_ASKED)
      this.#ready.keep(print(path), { stored, presentation, replica, revision, onAsked });
    return { kind: 'stored', stored };
  }

  #render({ presentation, replica }: Show, path: ManifestPath, asked: Directives): Stored | null {
    switch (path.kind) {
      case 'multivariant':
        return this.#manifests.multivariant(presentation, replica);
      case 'mpd':
        return this.#manifests.mpd(presentation, replica);
      case 'ts-multivariant':
        return this.#manifests.transportMultivariant(presentation, replica);
      case 'ts-playlist':
        return this.#manifests.transportPlaylist(presentation, replica, path.track);
      case 'i-frames':
        return this.#manifests.iFrames(presentation, replica, path.track, asked);
      case 'playlist':
        return this.#manifests.playlist(presentation, replica, path.track, asked);
    }
  }

  /** What a request for a manifest says: somebody is here, and a player of a track will want what comes next. */
  #asking({ presentation, replica }: Show, path: ManifestPath): () => void {
    const { clock } = this.#parts;
    const { id, kind, targetDurationMs, tracks, onDemand } = presentation;
    const isLive = kind === 'live';
    // A DASH player asks for one manifest, whichever tracks it plays.
    const watched =
      'track' in path ? [path.track] : path.kind === 'mpd' ? tracks.map((track) => track.id) : [];
    return () => {
      replica.lastAskedMs = clock.now();
      if (onDemand) this.#demanding.touch(id);
      if (isLive) for (const track of watched) this.watching.touch(id, track, targetDurationMs);
    };
  }

  /** Answers when the playlist holds what is asked for. */
  #blocked(
    show: Show,
    path: Extract<ManifestPath, { kind: 'playlist' | 'i-frames' }>,
    asked: Directives,
  ): Found | Promise<Found> {
    const { presentation, replica } = show;
    // A playlist of key frames has no partial segments: it holds whole ones.
    const block = path.kind === 'i-frames' ? asked.block && { ...asked.block, index: null } : asked.block;
    const timeline = replica.timelines.get(path.track);
    if (block === null || timeline === undefined) return this.#manifest(show, path, asked);
    const stands = () =>
      reach(replica.timelines.get(path.track) ?? timeline, block, presentation.chunkDurationMs);
    if (stands() === 'too-far') {
      return {
        kind: 'refused',
        problem: `segment ${block.number} is too far ahead of ${timeline.last?.number}`,
      };
    }
    this.#asking(show, path)();
    const look = () =>
      stands() === 'not-yet' ? null : (this.#rendered(show, path, asked) ?? notYet(presentation));
    return this.#hold(presentation, path.track, { what: nameOf(path, asked), look });
  }

  /** Holds a request until it finds something: it looks each time the track has grown. */
  #hold(
    { id, targetDurationMs }: Presentation,
    track: TrackId,
    held: Pick<Held<Found>, 'what' | 'batch' | 'look'>,
  ): Found | Promise<Found> {
    const late: Found = { kind: 'too-early', problem: `'${id}' has not come so far` };
    const timeoutMs = BLOCK_TARGETS * targetDurationMs;
    const found = this.waiting.wait({ key: `${id}/${track}`, timeoutMs, ...held });
    if (found instanceof Promise) return found.then((later) => later ?? late);
    return found ?? late;
  }

  /**
   * A chunk that comes next is held until it is here: players are told of it before (EXT-X-PRELOAD-HINT). One that was
   * pushed is here, though it is not yet announced.
   */
  #chunk(show: Show, path: ChunkPath): Found | Promise<Found> {
    const { presentation, replica } = show;
    const what = print(path);
    const look = (): Found | Promise<Found> | null => {
      const stored = this.#parts.cache.peek(what);
      if (stored !== null) return { kind: 'stored', stored };
      switch (chunkStands(replica.timelines.get(path.track), path)) {
        case 'next':
          return null;
        case 'here':
          return this.#media(show, path);
        case 'never':
          return this.#followsPushed(show, path) ? null : absent('no such chunk');
      }
    };
    return this.#hold(presentation, path.track, { what, look, batch: CHUNK_BATCH });
  }

  /** Whether a chunk comes behind one that was pushed and is about to be announced. */
  #followsPushed({ replica }: Show, path: ChunkPath): boolean {
    if (path.index === 0) return false;
    const before = { ...path, index: path.index - 1 };
    const stands = chunkStands(replica.timelines.get(path.track), before);
    return stands === 'next' && this.#parts.cache.has(before);
  }

  /** A segment that still grows is sent as it grows. */
  #segment(show: Show, path: SegmentPath): Found | Promise<Found> {
    const timeline = show.replica.timelines.get(path.track);
    const isGrowing = chunkStands(timeline, { ...path, kind: 'chunk', index: 0 }) !== 'never';
    if (!isGrowing || timeline?.find(path.epoch, path.number)) return this.#media(show, path);
    return { kind: 'growing', chunks: grow(path, (chunk) => this.#chunk(show, chunk)) };
  }

  #media(show: Show, path: ImmutablePath): Promise<Found> {
    return this.#stored(show, path, path);
  }

  /** Made of the segment in CMAF, once that is whole. */
  #transport(show: Show, path: TsPath): Promise<Found> {
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
    const stored = await this.#parts.cache.get({
      path,
      mediaSeconds: mediaSeconds(presentation, replica, media),
      chunks: media.kind === 'segment' ? (timeline?.chunksOf(media.number).length ?? 0) : 0,
    });
    return stored === null ? absent('no such segment') : { kind: 'stored', stored };
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
    this.#media(show, path).catch((error) => {
      this.#parts.log.warn({ path, err: error }, 'taking what is new failed');
    });
  }
}

/** Nothing of now is there: what its timeline holds is from before. */
const isStarting = ({ state }: Presentation) => state.name === 'standby';

/** What is the same for all who ask for the same playlist. */
const nameOf = (path: ManifestPath, { block, skip }: Directives) =>
  `${print(path)} ${block?.number}.${block?.index} ${skip}`;

function notYet(presentation: Presentation): Found {
  const { state, id } = presentation;
  if (state.name === 'failed') return absent(`'${id}' can't be played: ${state.reason}`);
  const how = isPlayable(presentation) ? 'starting' : state.name;
  return { kind: 'too-early', problem: `'${id}' has nothing to play yet: it is ${how}` };
}
