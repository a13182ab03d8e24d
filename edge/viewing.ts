import { toSeconds } from '../media/time.ts';
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Catalog } from '../wire/catalog.ts';
import { Epoch, type PresentationId } from '../wire/ids.ts';
import { type ImmutablePath, type MediaPath, print } from '../wire/paths.ts';
import { isPlayable, type Presentation } from '../wire/presentation.ts';
import type { MediaCache } from './cache.ts';
import { Manifests } from './manifests.ts';
import { ReadyManifests } from './ready.ts';
import type { OnAnnounced, Replica } from './replica.ts';
import { Replicas } from './replicas.ts';
import type { Stored } from './stored.ts';

/** What there is under a path. */
export type Found =
  | { readonly kind: 'stored'; readonly stored: Stored }
  | { readonly kind: 'absent'; readonly problem: string }
  /** It will be there soon: ask again. */
  | { readonly kind: 'too-early'; readonly problem: string };

/** All but posters, which have no timeline. */
export type ViewerPath = Exclude<MediaPath, { kind: 'poster' }>;
type ManifestPath = Extract<MediaPath, { kind: 'multivariant' | 'mpd' | 'playlist' }>;

/** A track counts as watched for so long after its last request, in target durations. */
const WATCHED_TARGETS = 4;

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
  readonly #ready: ReadyManifests;
  readonly replicas: Replicas;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { bus, clock, log } = parts;
    this.replicas = new Replicas(bus, clock, log, (id) => this.#onAnnounced(id));
    this.#ready = new ReadyManifests(parts.catalog);
  }

  /** A manifest that was asked for before and has not changed since. */
  peek(pathname: string): Stored | null {
    return this.#ready.peek(pathname);
  }

  /** At once when the presentation is followed and the answer in memory, else after a wait. */
  find(path: ViewerPath): Found | Promise<Found> {
    const presentation = this.#parts.catalog.get(path.presentation);
    if (presentation === null) return absent(`no presentation '${path.presentation}'`);
    if ('track' in path && !presentation.tracks.some(({ id }) => id === path.track)) {
      return absent(`'${presentation.id}' has no track '${path.track}'`);
    }
    const replica = this.replicas.peek(presentation.id);
    if (replica !== null) return this.#findIn(presentation, replica, path);
    return this.replicas.get(presentation.id).then((opened) => this.#findIn(presentation, opened, path));
  }

  #findIn(presentation: Presentation, replica: Replica, path: ViewerPath): Found | Promise<Found> {
    replica.lastAskedMs = this.#parts.clock.now();
    switch (path.kind) {
      case 'multivariant':
      case 'mpd':
      case 'playlist':
        return this.#manifest(presentation, replica, path);
      case 'init':
      case 'segment':
        return this.#media(presentation, replica, path);
    }
  }

  #manifest(presentation: Presentation, replica: Replica, path: ManifestPath): Found {
    const stored = this.#render(presentation, replica, path);
    if (stored === null) return notYet(presentation);
    const onAsked = this.#asking(replica, path);
    onAsked();
    this.#ready.keep(print(path), { stored, presentation, replica, revision: replica.revision, onAsked });
    return { kind: 'stored', stored };
  }

  #render(presentation: Presentation, replica: Replica, path: ManifestPath): Stored | null {
    switch (path.kind) {
      case 'multivariant':
        return this.#manifests.multivariant(presentation, replica);
      case 'mpd':
        return this.#manifests.mpd(presentation, replica);
      case 'playlist':
        return this.#manifests.playlist(presentation, replica, path.track);
    }
  }

  async #media(presentation: Presentation, replica: Replica, path: ImmutablePath): Promise<Found> {
    if (!mayExist(replica, path)) return absent('no such segment');
    const stored = await this.#parts.cache.get({
      path,
      mediaSeconds: mediaSeconds(presentation, replica, path),
    });
    return stored === null ? absent('no such segment') : { kind: 'stored', stored };
  }

  /** What a request for a manifest says: somebody is here, and a player of a track will want its next segment. */
  #asking(replica: Replica, path: ManifestPath): () => void {
    const { clock } = this.#parts;
    const asked = path.kind === 'playlist' ? replica.askedFor(path.track) : { atMs: 0 };
    return () => {
      asked.atMs = clock.now();
      replica.lastAskedMs = asked.atMs;
    };
  }

  /** Takes a new segment of a watched track before anybody asks for it. */
  #onAnnounced(id: PresentationId): OnAnnounced {
    return (track, { epoch, number }) => {
      const presentation = this.#parts.catalog.get(id);
      const replica = this.replicas.peek(id);
      if (presentation === null || replica === null) return;
      const watchedMs = WATCHED_TARGETS * presentation.targetDurationMs;
      if (replica.askedFor(track).atMs + watchedMs < this.#parts.clock.now()) return;
      const path = { kind: 'segment', presentation: id, track, epoch: Epoch.parse(epoch), number } as const;
      this.#media(presentation, replica, path).catch((error) => {
        this.#parts.log.warn({ path, err: error }, 'taking a new segment failed');
      });
    };
  }
}

const absent = (problem: string) => ({ kind: 'absent', problem }) as const;

/** What the timeline does not know and will not learn of is not asked of the origin. */
function mayExist({ timelines }: Replica, path: ImmutablePath): boolean {
  const segments = timelines.get(path.track)?.segments ?? [];
  const first = segments[0];
  if (first === undefined) return false;
  if (path.kind === 'init') return path.epoch <= (segments.at(-1)?.epoch ?? '');
  // A segment that has just left the window is still kept by the origin, for players with an older playlist.
  if (path.number < first.number) return path.epoch <= first.epoch;
  return timelines.get(path.track)?.find(path.epoch, path.number) !== null;
}

/** Only one kind of track counts viewers: video where there is any, since each viewer takes just one of these. */
function mediaSeconds({ tracks }: Presentation, { timelines }: Replica, path: ImmutablePath): number {
  const leading = tracks.some(({ media }) => media.kind === 'video') ? 'video' : 'audio';
  const track = tracks.find(({ id }) => id === path.track);
  const timeline = timelines.get(path.track);
  if (path.kind !== 'segment' || track?.media.kind !== leading || timeline === undefined) return 0;
  const duration = timeline.find(path.epoch, path.number)?.duration ?? 0;
  return toSeconds(duration, timeline.timescale);
}

function notYet(presentation: Presentation): Found {
  const { state, id } = presentation;
  if (state.name === 'failed') return absent(`'${id}' can't be played: ${state.reason}`);
  const how = isPlayable(presentation) ? 'starting' : state.name;
  return { kind: 'too-early', problem: `'${id}' has nothing to play yet: it is ${how}` };
}
