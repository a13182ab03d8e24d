import type { Packetizer } from '../../../media/rtp/packetizer.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Film, FilmSample } from './film.ts';
import type { Place } from './segments.ts';

/** Where and how a track is read. */
export type Reading = {
  readonly track: TrackId;
  /** The place to start at, by its index. */
  readonly from: number;
  /** Samples before the first one that fits are left out. */
  readonly isFirst: (sample: FilmSample) => boolean;
  /** All samples; or the key frame that a segment starts with, forward or backward. */
  readonly mode: 'all' | 'keys' | 'keys-backward';
};

/** The samples of one segment, and what packetises them; null where its format is another than was described. */
type Loaded = { readonly samples: readonly FilmSample[]; readonly packetizer: Packetizer | null };

/** What comes next of a track. */
export type Upcoming =
  | { readonly kind: 'sample'; readonly sample: FilmSample; readonly packetizer: Packetizer }
  /** It is still being read. */
  | { readonly kind: 'loading' }
  | { readonly kind: 'end' };

const LOADING: Upcoming = { kind: 'loading' };
const END: Upcoming = { kind: 'end' };

/**
 * Reads a track of a film in order. It holds the segment that is being taken and the one behind it, and reads nothing
 * while nobody takes.
 */
export class FilmReader {
  readonly #film: Film;
  readonly #reading: Reading;
  readonly #step: 1 | -1;
  #at: number;
  #current: Loaded | null = null;
  #index = 0;
  #isStarted = false;
  /** The segment behind the current one; `gone` where there is none, or none that can be read. */
  #next: Loaded | 'gone' | null = null;
  #work: Promise<void> | null = null;
  /** Of the epoch that was read last. */
  #packetizer: { readonly epoch: string; readonly value: Packetizer | null } | null = null;
  readonly #onError: (error: unknown) => void;

  constructor(film: Film, reading: Reading, onError: (error: unknown) => void) {
    this.#film = film;
    this.#reading = reading;
    this.#step = reading.mode === 'keys-backward' ? -1 : 1;
    this.#at = reading.from;
    this.#onError = onError;
    this.#load();
  }

  /** Resolves when `upcoming` is known. */
  async ready(): Promise<void> {
    while (this.upcoming.kind === 'loading') await this.#work;
  }

  get upcoming(): Upcoming {
    for (;;) {
      const found = this.#inCurrent();
      if (found !== null) return found;
      if (this.#next === null) return LOADING;
      if (this.#next === 'gone') return END;
      this.#current = this.#next;
      this.#index = 0;
      this.#next = null;
      this.#load();
    }
  }

  /** The upcoming sample was taken. */
  take(): void {
    this.#index += 1;
  }

  #inCurrent(): Upcoming | null {
    if (this.#current === null) return null;
    const { samples, packetizer } = this.#current;
    if (packetizer === null) return END;
    for (; this.#index < samples.length; this.#index++) {
      const sample = samples[this.#index];
      if (sample === undefined || !(this.#isStarted || this.#reading.isFirst(sample))) continue;
      this.#isStarted = true;
      return { kind: 'sample', sample, packetizer };
    }
    return null;
  }

  #load(): void {
    this.#work = this.#loadOne().then(
      (loaded) => {
        this.#next = loaded ?? 'gone';
      },
      (error: unknown) => {
        this.#next = 'gone';
        this.#onError(error);
      },
    );
  }

  async #loadOne(): Promise<Loaded | null> {
    const { track, mode } = this.#reading;
    const place = this.#film.placesOf(track)[this.#at];
    if (place === undefined) return null;
    this.#at += this.#step;
    const packetizer = await this.#packetizerAt(place);
    if (mode === 'all') {
      const samples = await this.#film.read(track, place);
      return samples && { samples, packetizer };
    }
    const first = await this.#film.readFirst(track, place);
    return first && { samples: first.sample.sync ? [first] : [], packetizer };
  }

  async #packetizerAt(place: Place): Promise<Packetizer | null> {
    const { epoch } = place.segment;
    if (this.#packetizer?.epoch !== epoch)
      this.#packetizer = { epoch, value: await this.#film.packetizer(this.#reading.track, place) };
    return this.#packetizer.value;
  }
}
