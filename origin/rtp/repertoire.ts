import type { Milliseconds } from '../../media/time.ts';
import type { Catalog } from '../../wire/catalog.ts';
import { type ChannelSettings, protocolsOf } from '../../wire/channel.ts';
import { PresentationId } from '../../wire/ids.ts';
import type { State } from '../../wire/presentation.ts';
import type { Storage } from '../packaging/storage.ts';
import { Film } from './film/film.ts';
import type { LiveStream } from './live/stream.ts';

/** A channel that works on demand is woken, and has this long until there is something to play. */
const START_MS: Milliseconds = 15_000;

/** Another one may be between two runs of its encoder. */
const BETWEEN_MS: Milliseconds = 3_000;

/** A channel, as far as it is played over RTP. */
export type OnAir = {
  readonly settings: Pick<ChannelSettings, 'title' | 'outputs' | 'onDemand' | 'protection'>;
  readonly broadcast: { readonly stream: LiveStream; readonly state: State };
};

/** What can be played. */
export type Piece =
  | {
      readonly kind: 'live';
      readonly id: PresentationId;
      readonly title: string;
      readonly stream: LiveStream;
      /** It goes out by no way that others can listen to. */
      readonly isProtected: boolean;
      /** Says that somebody watches; to be said again each second. */
      readonly want: () => void;
    }
  | { readonly kind: 'film'; readonly id: PresentationId; readonly title: string; readonly film: Film };

export type Found =
  | { readonly kind: 'piece'; readonly piece: Piece }
  /** `reason` is for the player. */
  | { readonly kind: 'missing'; readonly status: 403 | 404 | 503; readonly reason: string };

export type RepertoireOptions = {
  readonly channel: (id: PresentationId) => OnAir | null;
  /** Somebody watches a channel that works on demand. */
  readonly want: (id: PresentationId) => void;
  readonly storage: Storage;
  readonly described: Catalog;
};

/** All that may be played over RTP, by its name. */
export class Repertoire {
  readonly #options: RepertoireOptions;
  /** Films that sessions play: each is held once for all of them. */
  readonly #films = new Map<PresentationId, WeakRef<Film>>();

  constructor(options: RepertoireOptions) {
    this.#options = options;
  }

  /** Null where there is no such presentation, whether it may be played or not. */
  idOf(name: string): PresentationId | null {
    const id = PresentationId.safeParse(name);
    if (!id.success) return null;
    const { channel, described } = this.#options;
    return (channel(id.data) ?? described.get(id.data)) ? id.data : null;
  }

  /** Looks for one that there is. */
  async find(id: PresentationId): Promise<Found> {
    const channel = this.#options.channel(id);
    return channel === null ? this.#findFilm(id) : this.#findChannel(id, channel);
  }

  async #findChannel(id: PresentationId, { settings, broadcast }: OnAir): Promise<Found> {
    const { title, outputs, onDemand, protection } = settings;
    if (!isOut(outputs)) return notOut(id);
    const want = () => onDemand && this.#options.want(id);
    want();
    const { stream } = broadcast;
    const isThere = await stream.ready(AbortSignal.timeout(onDemand ? START_MS : BETWEEN_MS));
    const isProtected = protection !== 'none';
    if (isThere !== null)
      return { kind: 'piece', piece: { kind: 'live', id, title, stream, isProtected, want } };
    const { state } = broadcast;
    return missing(503, `'${id}' is not on air: ${'reason' in state ? state.reason : state.name}`);
  }

  async #findFilm(id: PresentationId): Promise<Found> {
    const film = this.#films.get(id)?.deref() ?? (await Film.open(id, this.#options.storage));
    if (film === null) return this.#findState(id);
    if (!isOut(film.outputs)) return notOut(id);
    this.#remember(film);
    return { kind: 'piece', piece: { kind: 'film', id, title: film.title, film } };
  }

  #remember(film: Film): void {
    for (const [id, held] of this.#films) if (held.deref() === undefined) this.#films.delete(id);
    this.#films.set(film.id, new WeakRef(film));
  }

  #findState(id: PresentationId): Found {
    const state = this.#options.described.get(id)?.state;
    if (state?.name === 'packaging') return missing(503, `'${id}' is still being packaged`);
    if (state?.name === 'failed') return missing(404, `'${id}' could not be packaged: ${state.reason}`);
    return missing(404, `there is nothing of '${id}' to play`);
  }
}

const isOut = (outputs: readonly string[]) => protocolsOf(outputs).includes('rtp');

const notOut = (id: PresentationId) =>
  missing(403, `'${id}' is not played over RTP: its outputs do not hold 'rtp'`);

const missing = (status: 403 | 404 | 503, reason: string) => ({ kind: 'missing', status, reason }) as const;
