import { Demuxer } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import {
  PAYLOAD_MAX_BYTES,
  type Packetizer,
  type Payload,
  packetizerOf,
} from '../../../media/rtp/packetizer.ts';
import { presentationTime, type Sample } from '../../../media/sample.ts';
import { type Seconds, toSeconds } from '../../../media/time.ts';
import type { Output } from '../../../wire/channel.ts';
import { Epoch, type PresentationId, type TrackId } from '../../../wire/ids.ts';
import { receive } from '../../../wire/timeline.ts';
import { type Packaged, readPackaged } from '../../packaging/packaged.ts';
import { keyOf, type Storage } from '../../packaging/storage.ts';
import type { StreamTrack } from '../live/receiver.ts';
import { indexOf, type Place } from './segments.ts';

/** A sample of a film, with its times on the film's own timeline. */
export type FilmSample = { readonly sample: Sample; readonly decodedAt: Seconds; readonly shownAt: Seconds };

/** A track of a film that can be had, and what its packets have in common. */
export type FilmTrack = StreamTrack & { readonly payload: Payload; readonly timescale: number };

/** Init segments that are remembered: of every track that is played, and a recording has one for each epoch. */
const INITS_MAX = 256;

/** Dynamic payload types (RFC 3551 §6): one for each kind, as every track has a stream of its own. */
const PAYLOAD_TYPES = { video: 96, audio: 97 } as const;

type Init = { readonly bytes: Uint8Array; readonly movie: MovieTrack };

/** A film or a recording, as far as it is played over RTP: its tracks, and their samples as they lie in storage. */
export class Film {
  readonly id: PresentationId;
  readonly title: string;
  readonly duration: Seconds;
  readonly outputs: readonly Output[];
  /** Those that can be had. */
  readonly tracks: readonly FilmTrack[];
  readonly #storage: Storage;
  readonly #places: ReadonlyMap<TrackId, readonly Place[]>;
  readonly #inits = new Map<string, Init>();

  private constructor(
    { presentation }: Packaged,
    storage: Storage,
    index: ReadonlyMap<TrackId, readonly Place[]>,
    duration: Seconds,
    firsts: ReadonlyMap<TrackId, MovieTrack>,
  ) {
    this.id = presentation.id;
    this.title = presentation.title;
    this.duration = duration;
    this.outputs = presentation.outputs;
    this.#storage = storage;
    this.#places = index;
    this.tracks = presentation.tracks.flatMap(({ id }) => {
      const movie = firsts.get(id);
      return movie === undefined ? [] : (describe(id, movie) ?? []);
    });
  }

  /** Null for what is not packaged (yet). */
  static async open(id: PresentationId, storage: Storage): Promise<Film | null> {
    const packaged = await readPackaged(id, { storage });
    return packaged && Film.of(packaged, storage);
  }

  static async of(packaged: Packaged, storage: Storage): Promise<Film> {
    const { presentation, timelines } = packaged;
    const { tracks, duration } = indexOf(timelines.map((snapshot) => receive(null, snapshot)));
    const index = new Map(presentation.tracks.map(({ id }, at) => [id, tracks[at] ?? []]));
    const firsts = new Map<TrackId, MovieTrack>();
    for (const { id } of presentation.tracks) {
      const first = index.get(id)?.[0];
      const init = first && (await readInit(storage, presentation.id, id, first.segment.epoch));
      if (init) firsts.set(id, init.movie);
    }
    return new Film(packaged, storage, index, duration, firsts);
  }

  placesOf(track: TrackId): readonly Place[] {
    return this.#places.get(track) ?? [];
  }

  /** What packetises a track in an epoch; null where that has another format than the one that was described. */
  async packetizer(track: TrackId, { segment }: Place): Promise<Packetizer | null> {
    const init = await this.#init(track, segment.epoch);
    const described = this.tracks.find(({ id }) => id === track);
    const found = init && packetizerFor(init.movie);
    const fits =
      found?.clockRate === described?.clockRate &&
      found?.format.encoding?.name === described?.format.encoding?.name;
    return fits ? found : null;
  }

  /** The samples of a segment, in decode order; null when it is gone. Throws MalformedBox. */
  async read(track: TrackId, place: Place): Promise<readonly FilmSample[] | null> {
    const bytes = await this.#storage.get(this.#keyOf(track, place));
    return bytes && this.#samples(track, place, bytes);
  }

  /** Its first sample alone, for which no more is read than that takes; null when it is gone. Throws MalformedBox. */
  async readFirst(track: TrackId, place: Place): Promise<FilmSample | null> {
    const { keySize, size } = place.segment;
    if (keySize === undefined) return (await this.read(track, place))?.[0] ?? null;
    const head = await this.#storage.getRange(this.#keyOf(track, place), 0, keySize);
    if (head === null) return null;
    // What is behind the first sample is not looked at, but has to be as long as the boxes say.
    const whole = new Uint8Array(size);
    whole.set(head);
    return (await this.#samples(track, place, whole))?.[0] ?? null;
  }

  #keyOf(track: TrackId, { segment }: Place): string {
    const epoch = Epoch.parse(segment.epoch);
    return keyOf({ kind: 'segment', presentation: this.id, track, epoch, number: segment.number });
  }

  async #samples(track: TrackId, place: Place, bytes: Uint8Array): Promise<readonly FilmSample[] | null> {
    const init = await this.#init(track, place.segment.epoch);
    if (init === null) return null;
    const { movie } = init;
    const demuxer = new Demuxer();
    demuxer.push(init.bytes);
    const runs = demuxer.push(bytes).flatMap((one) => (one.kind === 'samples' ? one.runs : []));
    const at = (ticks: number) => toSeconds(ticks, movie.timescale) - place.shift;
    return runs
      .flatMap(({ samples }) => samples)
      .map((sample) => ({
        sample,
        decodedAt: at(sample.dts),
        shownAt: at(presentationTime(sample) - movie.mediaTime),
      }));
  }

  async #init(track: TrackId, epoch: string): Promise<Init | null> {
    const name = `${track}/${epoch}`;
    const known = this.#inits.get(name);
    if (known !== undefined) return known;
    const init = await readInit(this.#storage, this.id, track, epoch);
    if (this.#inits.size >= INITS_MAX) this.#inits.clear();
    if (init !== null) this.#inits.set(name, init);
    return init;
  }
}

async function readInit(
  storage: Storage,
  presentation: PresentationId,
  track: TrackId,
  epoch: string,
): Promise<Init | null> {
  const bytes = await storage.get(keyOf({ kind: 'init', presentation, track, epoch: Epoch.parse(epoch) }));
  if (bytes === null) return null;
  const [movie] = new Demuxer().push(bytes).flatMap((one) => (one.kind === 'movie' ? one.tracks : []));
  return movie === undefined ? null : { bytes, movie };
}

const kindOf = ({ handler }: MovieTrack) => (handler === 'soun' ? 'audio' : 'video');

const packetizerFor = (movie: MovieTrack) =>
  packetizerOf(movie, { payloadType: PAYLOAD_TYPES[kindOf(movie)], maxBytes: PAYLOAD_MAX_BYTES });

/** Null for a codec that RTP has no payload format for. */
function describe(id: TrackId, movie: MovieTrack): FilmTrack | null {
  const packetizer = packetizerFor(movie);
  if (packetizer === null) return null;
  const { format, clockRate } = packetizer;
  return {
    id,
    kind: kindOf(movie),
    format,
    clockRate,
    sampleEntry: movie.sampleEntry,
    payload: packetizer,
    timescale: movie.timescale,
  };
}
