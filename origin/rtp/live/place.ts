import type { Seconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Batch, Receiver } from './receiver.ts';

/** A track, as far as those who sit at it are concerned. */
type Table = { readonly id: TrackId; readonly kind: 'video' | 'audio'; readonly seats: Set<Seat> };

/** A receiver of a live stream, and where it has come to on each of its tracks. */
export class Place {
  readonly receiver: Receiver;
  readonly #ids: ReadonlySet<TrackId>;
  #seats: readonly Seat[] = [];

  constructor(tracks: readonly TrackId[], receiver: Receiver) {
    this.#ids = new Set(tracks);
    this.receiver = receiver;
  }

  has(track: TrackId): boolean {
    return this.#ids.has(track);
  }

  seatOf(track: TrackId): Seat | null {
    return this.#seats.find((seat) => seat.track === track) ?? null;
  }

  /** Receives a track from its next key frame on. */
  sit(table: Table): void {
    if (!this.has(table.id)) return;
    const seat = new Seat(this, table);
    table.seats.add(seat);
    this.#seats = [...this.#seats, seat];
  }

  /** The same with the tracks of another epoch. */
  sitAnew(tables: readonly Table[]): void {
    this.leave();
    for (const table of tables) this.sit(table);
  }

  leave(): void {
    for (const seat of this.#seats) seat.leave();
    this.#seats = [];
  }

  /** When its pictures start: nothing of its sound goes before. Null while they are waited for. */
  get startsAt(): Seconds | null {
    const pictures = this.#seats.filter(({ kind }) => kind === 'video');
    if (pictures.length === 0) return Number.NEGATIVE_INFINITY;
    const starts = pictures.flatMap(({ startedAt }) => (startedAt === null ? [] : [startedAt]));
    return starts.length === 0 ? null : Math.min(...starts);
  }
}

/** One track of a receiver. */
export class Seat {
  readonly track: TrackId;
  readonly kind: 'video' | 'audio';
  readonly #place: Place;
  readonly #table: Table;
  startedAt: Seconds | null = null;

  constructor(place: Place, table: Table) {
    this.track = table.id;
    this.kind = table.kind;
    this.#place = place;
    this.#table = table;
  }

  get isStarted(): boolean {
    return this.startedAt !== null;
  }

  /** Whether it takes a sample that is shown then. */
  isDue(at: Seconds, sync: boolean): boolean {
    if (this.startedAt !== null) return true;
    if (this.kind === 'video') return sync;
    const { startsAt } = this.#place;
    return startsAt !== null && at >= startsAt;
  }

  /** True the first time. */
  start(at: Seconds): boolean {
    if (this.startedAt !== null) return false;
    this.startedAt = at;
    return true;
  }

  take(batch: Batch): void {
    this.#place.receiver.take(batch);
  }

  control(packet: Uint8Array): void {
    this.#place.receiver.control(this.track, packet);
  }

  leave(): void {
    this.#table.seats.delete(this);
  }
}
