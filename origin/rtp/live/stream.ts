import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import type { Sample } from '../../../media/sample.ts';
import type { Milliseconds, Seconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import { Place } from './place.ts';
import type { Batch, Next, Receiver, StreamTrack } from './receiver.ts';
import { LiveTrack } from './track.ts';

export type { Batch, Next, Receiver, StreamTrack } from './receiver.ts';

/** A track of an epoch, and what it is called. */
export type NamedTrack = { readonly id: TrackId; readonly movie: MovieTrack };

/** Sender reports go out this often: the least that RFC 3550 §6.2 recommends. */
export const REPORT_EVERY_MS: Milliseconds = 5_000;

/**
 * An epoch begins with what was held until it was known. What of it is older than this is for those who package it; all
 * of it has been read after so long.
 */
const LATE_MAX: Seconds = 1;
const CATCH_UP_MS: Milliseconds = 2_000;

const OTHER_FORMATS = 'its codecs changed: it has to be described anew';

/**
 * The RTP of a live channel: each track is packetised once for all who receive it, and not at all while nobody does.
 * There is one for each channel. An encoder that starts anew with the same formats goes on in the same RTP streams.
 */
export class LiveStream {
  readonly #clock: Clock;
  readonly #bornMs: Milliseconds;
  /** Names the sender of all its tracks, so that receivers play them in time with one another (RFC 3550 §6.5.1). */
  readonly #cname = crypto.randomUUID();
  readonly #places = new Set<Place>();
  #tracks: readonly (LiveTrack | null)[] = [];
  #isOnAir = false;
  /** From a feed's clock to the stream's timeline; null until an epoch's first sample. */
  #shift: Seconds | null = null;
  #startMs: Milliseconds | null = null;
  #openedMs: Milliseconds = 0;
  /** By so much the timeline is ahead of the wall clock. */
  #ahead: Seconds = 0;
  #isCatchingUp = false;
  #opened = Promise.withResolvers<void>();
  #stopReports: (() => void) | null = null;
  /** Samples that were none, all in all. */
  malformed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#bornMs = clock.now();
  }

  /** What can be asked for now; empty while nothing is on air. */
  get tracks(): readonly StreamTrack[] {
    return this.#isOnAir ? this.#known.map(({ described }) => described) : [];
  }

  /** Where its timeline is at this instant. */
  get atSeconds(): Seconds {
    return this.#at(this.#clock.now());
  }

  #at(nowMs: Milliseconds): Seconds {
    return (nowMs - this.#bornMs) / 1000 + this.#ahead;
  }

  /** Whether pictures of a track were seen that are not shown in the order of decoding (B-frames). */
  isReordered(track: TrackId): boolean {
    return this.#find(track)?.isReordered ?? false;
  }

  /** How many receive it. */
  get receivers(): number {
    return this.#places.size;
  }

  /** Of a track's next packet; null for one that there is not. Their times are of one moment for all tracks. */
  next(track: TrackId): Next | null {
    const at = Math.min(...this.#known.map((known) => known.at));
    return this.#find(track)?.nextAt(at) ?? null;
  }

  /** What a track is made of; null for one that there is not. */
  source(track: TrackId): { readonly sampleEntry: Uint8Array; readonly timescale: number } | null {
    return this.#find(track)?.source ?? null;
  }

  /** Lets a receiver have some tracks, from their next key frame on. What it returns makes it leave. */
  join(tracks: readonly TrackId[], receiver: Receiver): () => void {
    const place = new Place(tracks, receiver);
    this.#places.add(place);
    for (const track of this.#known) place.sit(track);
    this.#stopReports ??= this.#clock.every(REPORT_EVERY_MS, () => this.#report());
    return () => this.#leave(place);
  }

  /** Resolves when there are tracks, or with null when `signal` is aborted. */
  async ready(signal: AbortSignal): Promise<readonly StreamTrack[] | null> {
    const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => abort(), { once: true });
    while (!this.#isOnAir && !signal.aborted) await Promise.race([this.#opened.promise, aborted]);
    return signal.aborted ? null : this.tracks;
  }

  /** An epoch begins: its tracks, in their order, and when its first sample was taken, if that was before now. */
  open(tracks: readonly NamedTrack[], startMs: Milliseconds | null = null): void {
    const before = this.#known;
    const now = tracks.map(({ id, movie }) => LiveTrack.of(id, movie));
    this.#tracks = now.map((track) => track?.after(before.find(({ id }) => id === track.id)) ?? null);
    this.#shift = null;
    this.#startMs = startMs;
    this.#openedMs = this.#clock.now();
    this.#isCatchingUp = startMs !== null;
    this.#isOnAir = this.#known.length > 0;
    if (this.#isOnAir) this.#opened.resolve();
    this.#seatAnew(before);
  }

  /** Takes samples of the track with this index, in decode order. */
  take(index: number, samples: readonly Sample[]): void {
    const track = this.#tracks[index];
    if (!track) return;
    for (const sample of samples) {
      for (const timed of track.time(sample)) this.#takeOne(track, timed);
    }
  }

  /** The epoch is over; those who receive stay for the next one. */
  rest(): void {
    if (!this.#isOnAir) return;
    this.#isOnAir = false;
    this.#opened = Promise.withResolvers();
  }

  /** Nothing more comes: says so to all who receive. */
  close(reason: string): void {
    this.rest();
    for (const place of [...this.#places]) this.#end(place, reason);
  }

  get #known(): readonly LiveTrack[] {
    return this.#tracks.filter((track) => track !== null);
  }

  #find(id: TrackId): LiveTrack | null {
    return this.#known.find((track) => track.id === id) ?? null;
  }

  /** Those whose tracks are as they were wait for the next key frame; the others have to ask anew. */
  #seatAnew(before: readonly LiveTrack[]): void {
    for (const place of [...this.#places]) {
      const isOther = before.some((track) => place.has(track.id) && !this.#isSame(track));
      if (isOther) this.#end(place, OTHER_FORMATS, before);
      else place.sitAnew(this.#known);
    }
  }

  #isSame(before: LiveTrack): boolean {
    return this.#find(before.id)?.isLike(before) ?? false;
  }

  #takeOne(track: LiveTrack, sample: Sample): void {
    const shown = track.shown(sample);
    this.#shift ??= this.#startAt() - shown;
    const at = shown + this.#shift;
    track.reached(at, sample);
    if (this.#isLate(at)) return;
    const sync = track.kind === 'audio' || sample.sync;
    let batch: Batch | null = null;
    for (const seat of track.seats) {
      if (!seat.isDue(at, sync)) continue;
      batch ??= this.#batch(track, sample, at, sync);
      if (batch === null) return;
      if (seat.start(at)) seat.control(this.#reportOf(track));
      seat.take(batch);
    }
  }

  #batch(track: LiveTrack, sample: Sample, atSeconds: Seconds, sync: boolean): Batch | null {
    const packets = track.packets(sample, atSeconds);
    if (packets === null) this.malformed += 1;
    return packets && { track: track.id, packets, sample, sync, atSeconds };
  }

  /** Timestamps go on by the wall clock, and never back. */
  #startAt(): Seconds {
    const byClock = ((this.#startMs ?? this.#clock.now()) - this.#bornMs) / 1000;
    const start = Math.max(byClock, ...this.#known.map(({ end }) => end));
    this.#ahead = start - byClock;
    return start;
  }

  #isLate(at: Seconds): boolean {
    const isHeld = this.#isCatchingUp && this.#clock.now() - this.#openedMs < CATCH_UP_MS;
    this.#isCatchingUp = isHeld && at < this.atSeconds - LATE_MAX;
    return this.#isCatchingUp;
  }

  #reportOf(track: LiveTrack): Uint8Array {
    const nowMs = this.#clock.now();
    return track.report(nowMs, this.#at(nowMs), this.#cname);
  }

  #report(): void {
    for (const track of this.#known) {
      const seats = [...track.seats].filter(({ isStarted }) => isStarted);
      if (seats.length === 0) continue;
      const report = this.#reportOf(track);
      for (const seat of seats) seat.control(report);
    }
  }

  #end(place: Place, reason: string, tracks = this.#known): void {
    for (const track of tracks) {
      const seat = place.seatOf(track.id);
      if (seat?.isStarted) seat.control(track.bye(this.#clock.now(), this.atSeconds, this.#cname));
    }
    this.#leave(place);
    place.receiver.end(reason);
  }

  #leave(place: Place): void {
    this.#places.delete(place);
    place.leave();
    if (this.#places.size > 0) return;
    this.#stopReports?.();
    this.#stopReports = null;
  }
}
