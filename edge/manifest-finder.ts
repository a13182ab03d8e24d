import { type Directives, NOTHING_ASKED, reach } from '../media/hls/directives.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Catalog } from '../wire/catalog.ts';
import { type MediaPath, print } from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import type { Demanding } from './demanding.ts';
import { absent, type Found } from './found.ts';
import { hold } from './holding.ts';
import { Manifests } from './manifests.ts';
import type { ReadyManifests } from './ready.ts';
import type { Show } from './show.ts';
import type { Stored } from './stored.ts';
import type { Waiting } from './waiting.ts';
import type { Watching } from './watching.ts';

export type ManifestPath = Extract<
  MediaPath,
  { kind: 'multivariant' | 'mpd' | 'playlist' | 'i-frames' | 'ts-multivariant' | 'ts-playlist' }
>;

/** How long the first viewer of a channel that works on demand waits for it, at most. */
const START_MS = 15_000;

type Parts = {
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly ready: ReadyManifests;
  readonly demanding: Demanding;
  readonly watching: Watching;
  readonly waiting: Waiting<Found>;
};

/** Finds manifests: rendered from the timelines, held until they say what is asked for. */
export class ManifestFinder {
  readonly #parts: Parts;
  readonly #manifests = new Manifests();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** At once when it is there, else after a wait. */
  find(show: Show, path: ManifestPath, asked: Directives): Found | Promise<Found> {
    if ('track' in path && path.kind !== 'ts-playlist' && asked.block !== null)
      return this.#blocked(show, path, asked);
    return this.#now(show, path, asked);
  }

  /** One that is about to be there is waited for: a channel starts when somebody asks, or has just started. */
  #now(show: Show, path: ManifestPath, asked: Directives): Found | Promise<Found> {
    const { presentation } = show;
    this.#asking(show, path)();
    if (presentation.kind !== 'live') return this.#rendered(show, path, asked) ?? notYet(presentation);
    const { id } = presentation;
    const now = () => ({ ...show, presentation: this.#parts.catalog.get(id) ?? presentation });
    const look = () => (isStarting(now().presentation) ? null : this.#rendered(now(), path, asked));
    if (!isPlayable(presentation)) return look() ?? notYet(presentation);
    const found = this.#parts.waiting.wait({ key: id, what: nameOf(path, asked), timeoutMs: START_MS, look });
    return found instanceof Promise
      ? found.then((later) => later ?? notYet(now().presentation))
      : (found ?? notYet(presentation));
  }

  #rendered(show: Show, path: ManifestPath, asked: Directives): Found | null {
    const { presentation, replica } = show;
    const stored = this.#render(show, path, asked);
    if (stored === null) return null;
    const onAsked = this.#asking(show, path);
    const { revision } = replica;
    if (asked === NOTHING_ASKED)
      this.#parts.ready.keep(print(path), { stored, presentation, replica, revision, onAsked });
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
      if (onDemand) this.#parts.demanding.touch(id);
      if (isLive) for (const track of watched) this.#parts.watching.touch(id, track, targetDurationMs);
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
    if (block === null || timeline === undefined) return this.#now(show, path, asked);
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
    return hold(this.#parts.waiting, presentation, path.track, { what: nameOf(path, asked), look });
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
