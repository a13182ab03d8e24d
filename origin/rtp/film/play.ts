import type { Milliseconds, Seconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { TrackId } from '../../../wire/ids.ts';
import { REPORT_EVERY_MS } from '../live/stream.ts';
import type { Addressed, Outlet } from '../outlet.ts';
import type { AskedToPlay, Info, Performance, Prepared } from '../performance.ts';
import type { Film, FilmSample, FilmTrack } from './film.ts';
import { FilmReader, type Reading, type Upcoming } from './reader.ts';
import { chooseScale, isByKeys } from './scale.ts';
import { goOnAt, keysFrom, startAt } from './start.ts';
import type { Voices } from './voices.ts';

/** How often samples that are due are sent: a frame of sound lasts twice as long. */
const TICK_MS: Milliseconds = 10;

/** So much may go out at once after something held it up; what is later moves the rest. */
const BURST: Seconds = 0.5;

/** Between what was sent last and what is sent after a jump: as long as a picture. */
const JUMP: Seconds = 0.04;

/** Where it was interrupted; `positions` are the decode times of what was not sent, null between key frames. */
type Interruption = { readonly at: Seconds; readonly positions: ReadonlyMap<TrackId, Seconds> | null };

/** One run from PLAY to PAUSE or the end. */
type Run = {
  readonly readers: ReadonlyMap<TrackId, FilmReader>;
  readonly from: Seconds;
  readonly to: Seconds;
  readonly scale: number;
  /** Of `from`, on the session's own timeline, which RTP's timestamps count. It stands still while nothing is sent. */
  readonly base: Seconds;
  /** When `from` is due; moves when something is held up. */
  anchorMs: Milliseconds;
  tickedMs: Milliseconds;
  reportedMs: Milliseconds;
};

export type FilmPlayOptions = {
  readonly film: Film;
  readonly tracks: readonly FilmTrack[];
  /** Makes the streams that it goes in. */
  readonly voices: () => Voices;
  readonly outlet: Outlet;
  readonly clock: Clock;
  /** Told when all of the film, or of the range that was asked for, was sent. */
  readonly onEnd: () => void;
  /** Told when something of it can't be read: it ends there. */
  readonly onError: (error: unknown) => void;
};

/** Plays a film to one session: each sample goes out when it is decoded, by the clock. */
export class FilmPlay implements Performance {
  readonly #options: FilmPlayOptions;
  readonly #cname = crypto.randomUUID();
  #voices: Voices;
  #run: Run | null = null;
  #interruption: Interruption = { at: 0, positions: null };
  /** The latest that was sent, on the session's timeline; null while nothing was. */
  #sentTo: Seconds | null = null;
  #stopTicks: () => void = () => {};

  constructor(options: FilmPlayOptions) {
    this.#options = options;
    this.#voices = options.voices();
  }

  async prepare(asked: AskedToPlay): Promise<Prepared | null> {
    const { film, tracks, clock } = this.#options;
    if (asked.from !== null && asked.from >= film.duration) return null;
    this.pause();
    const scale = chooseScale(
      asked.scale,
      tracks.some(({ kind }) => kind === 'video'),
    );
    const { at, readings } = await this.#readings(asked.from, scale);
    const readers = new Map(readings.map((reading) => [reading.track, this.#reader(reading)]));
    await Promise.all([...readers.values()].map((reader) => reader.ready()));
    const from = isByKeys(scale) ? (firstShown(readers) ?? at) : at;
    const to = asked.to ?? (scale < 0 ? 0 : film.duration);
    const nowMs = clock.now();
    const base = this.#sentTo === null ? 0 : this.#sentTo + JUMP;
    const run = { readers, from, to, scale, base, anchorMs: nowMs, tickedMs: nowMs, reportedMs: nowMs };
    return { span: { from, to }, scale, infos: this.#infos(run), begin: () => this.#begin(run) };
  }

  pause(): void {
    const run = this.#run;
    this.#stop();
    if (run === null) return;
    const at = positionOf(run, this.#options.clock.now());
    const positions = new Map([...run.readers].map(([id, { upcoming }]) => [id, decodedAt(upcoming) ?? at]));
    const isWhole = positions.size === this.#options.tracks.length && !isByKeys(run.scale);
    this.#interruption = { at: Math.max(0, at), positions: isWhole ? positions : null };
  }

  position(): Seconds {
    const run = this.#run;
    if (run === null) return this.#interruption.at;
    const at = positionOf(run, this.#options.clock.now());
    return Math.min(Math.max(0, at), this.#options.film.duration);
  }

  close(): void {
    const run = this.#run;
    this.#stop();
    this.#sayBye(run);
    this.#options.outlet.close();
  }

  async #readings(
    asked: Seconds | null,
    scale: number,
  ): Promise<{ readonly at: Seconds; readonly readings: readonly Reading[] }> {
    const { film, tracks } = this.#options;
    const { at, positions } = this.#interruption;
    const from = asked ?? at;
    const video = tracks.find(({ kind }) => kind === 'video');
    if (isByKeys(scale) && video !== undefined)
      return { at: from, readings: [keysFrom(film, video, from, scale < 0)] };
    const heard = scale === 1 ? tracks : tracks.filter(({ kind }) => kind === 'video');
    if (asked === null && positions !== null && scale === 1)
      return { at, readings: goOnAt(film, heard, positions) };
    return startAt(film, heard, from);
  }

  #reader(reading: Reading): FilmReader {
    return new FilmReader(this.#options.film, reading, this.#options.onError);
  }

  #infos({ readers, base }: Run) {
    const infos = new Map<TrackId, Info>();
    for (const track of readers.keys()) {
      const voice = this.#voices.streamOf(track);
      if (voice === null) continue;
      const { name, stream } = voice;
      const { ssrc, sequence } = stream;
      infos.set(name, { track: name, ssrc, sequence, timestamp: stream.timestampAt(base) });
    }
    return [...infos.values()];
  }

  #begin(run: Run): void {
    const { clock } = this.#options;
    this.#stop();
    const nowMs = clock.now();
    this.#run = { ...run, anchorMs: nowMs, tickedMs: nowMs };
    this.#report(this.#run, nowMs);
    this.#tick(this.#run);
    if (this.#run !== null) this.#stopTicks = clock.every(TICK_MS, () => this.#run && this.#tick(this.#run));
  }

  #stop(): void {
    this.#stopTicks();
    this.#stopTicks = () => {};
    this.#run = null;
  }

  #tick(run: Run): void {
    const nowMs = this.#options.clock.now();
    // Time stands still while a receiver takes nothing.
    if (this.#options.outlet.isFull()) run.anchorMs += nowMs - run.tickedMs;
    run.tickedMs = nowMs;
    run.anchorMs += Math.max(0, lagOf(run, nowMs) - BURST) * 1000;
    const due = this.#takeDue(run, positionOf(run, nowMs));
    if (due.length > 0) this.#options.outlet.send(due);
    if (nowMs - run.reportedMs >= REPORT_EVERY_MS) this.#report(run, nowMs);
    if ([...run.readers.values()].every(({ upcoming }) => isOver(run, upcoming))) this.#finish(run);
  }

  #takeDue(run: Run, position: Seconds): readonly Addressed[] {
    const due: Addressed[] = [];
    for (const [track, reader] of run.readers) {
      for (let next = reader.upcoming; isDue(run, next, position); next = reader.upcoming) {
        due.push(this.#packets(run, track, next));
        reader.take();
      }
    }
    return due;
  }

  #packets(run: Run, track: TrackId, { sample, packetizer }: Ready): Addressed {
    const at = run.base + (sample.shownAt - run.from) / run.scale;
    this.#sentTo = Math.max(this.#sentTo ?? at, at);
    return this.#voices.packets(track, sample, packetizer, at);
  }

  #report(run: Run, nowMs: Milliseconds): void {
    run.reportedMs = nowMs;
    const at = run.base + (nowMs - run.anchorMs) / 1000;
    for (const [name, stream] of this.#voices.all)
      this.#options.outlet.control(name, stream.report(nowMs, at, this.#cname));
  }

  #finish(run: Run): void {
    const { film, voices } = this.#options;
    this.#stop();
    const isWhole = run.scale > 0 && run.to >= film.duration;
    this.#interruption = { at: isWhole ? 0 : run.to, positions: null };
    if (isWhole) {
      this.#sayBye(run);
      // Who said goodbye does not come back under the same name (RFC 3550 §6.6).
      this.#voices = voices();
    }
    this.#options.onEnd();
  }

  #sayBye(run: Run | null): void {
    const nowMs = this.#options.clock.now();
    const at = run === null ? (this.#sentTo ?? 0) : run.base + (nowMs - run.anchorMs) / 1000;
    for (const [name, stream] of this.#voices.all)
      this.#options.outlet.control(name, stream.bye(nowMs, at, this.#cname));
  }
}

type Ready = Extract<Upcoming, { kind: 'sample' }>;

const positionOf = ({ from, scale, anchorMs }: Run, nowMs: Milliseconds): Seconds =>
  from + ((nowMs - anchorMs) / 1000) * scale;

/** Key frames go out when they are shown. */
const timeOf = ({ scale }: Run, { decodedAt: decoded, shownAt }: FilmSample) =>
  isByKeys(scale) ? shownAt : decoded;

function isDue(run: Run, next: Upcoming, position: Seconds): next is Ready {
  if (next.kind !== 'sample' || isOver(run, next)) return false;
  return (position - timeOf(run, next.sample)) * Math.sign(run.scale) >= 0;
}

function isOver({ to, scale }: Run, next: Upcoming): boolean {
  if (next.kind !== 'sample') return next.kind === 'end';
  return scale > 0 ? next.sample.decodedAt >= to : next.sample.shownAt < to;
}

/** By how much the latest of what is to be sent is late, in seconds of the clock. */
function lagOf(run: Run, nowMs: Milliseconds): Seconds {
  const position = positionOf(run, nowMs);
  let lag = 0;
  for (const { upcoming } of run.readers.values())
    if (upcoming.kind === 'sample')
      lag = Math.max(lag, (position - timeOf(run, upcoming.sample)) / run.scale);
  return lag;
}

const decodedAt = (next: Upcoming): Seconds | null => (next.kind === 'sample' ? next.sample.decodedAt : null);

function firstShown(readers: ReadonlyMap<TrackId, FilmReader>): Seconds | null {
  const [reader] = readers.values();
  return reader?.upcoming.kind === 'sample' ? reader.upcoming.sample.shownAt : null;
}
