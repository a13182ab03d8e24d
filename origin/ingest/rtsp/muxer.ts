import type { Demuxed } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import type { Received, Track } from '../../../media/rtp/track.ts';
import { type Milliseconds, type Ticks, toMilliseconds } from '../../../media/time.ts';
import { apart, Clocks, type Stream, type Zeros } from './clocks.ts';

export type Muxed =
  | { readonly kind: 'media'; readonly event: Demuxed }
  /**
   * What comes is another movie: a new feed has to take it, with this sample first. `reason` is for people. On a new
   * clock nothing that was received before counts any more.
   */
  | { readonly kind: 'changed'; readonly reason: string; readonly isNewClock: boolean };

/** How long a track is waited for once another has come. */
const START_WAIT_MS: Milliseconds = 3_000;

/** How long sender reports are waited for once all tracks have come. */
const REPORT_WAIT_MS: Milliseconds = 1_000;

/** Most that is held for these: 3 s of 40 Mbit/s. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;

/** A step by more than this, or back by more than that, is not one run of an encoder. */
const JUMP_MS: Milliseconds = 10_000;
const BACK_MS: Milliseconds = 1_000;

/** Nobody sees or hears that tracks are this far apart (ITU-R BT.1359 detects 45 ms). */
const ALIGNED_MS: Milliseconds = 40;

/** Encoders hold pictures back for 3 s at most; reports that say more are wrong. */
const TRUSTED_MS: Milliseconds = 10_000;

type Waiting = { readonly index: number; readonly received: Received };

type Started = {
  /** What is added to the times of each track that is in the movie. */
  readonly shifts: ReadonlyMap<number, Ticks>;
  readonly entries: ReadonlyMap<number, Uint8Array>;
  /** How tracks were put beside each other without reports; null when that is no guess any more. */
  guessed: Zeros | null;
};

/**
 * Joins the streams of a publisher into one movie. Sender reports put them beside each other; where these come later,
 * the tracks start as they arrived, and the movie starts again when the reports say that this was wrong.
 */
export class Muxer {
  readonly #streams: readonly Stream[];
  readonly #clocks: Clocks;
  readonly #lastMs = new Map<number, Milliseconds>();
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #firstAtMs: Milliseconds | null = null;
  #allAtMs: Milliseconds | null = null;
  #started: Started | null = null;

  constructor(streams: readonly Stream[]) {
    this.#streams = streams;
    this.#clocks = new Clocks(streams);
  }

  /** Takes the next sample of a stream, which came at `nowMs`. */
  push(index: number, received: Received, nowMs: Milliseconds): readonly Muxed[] {
    const track = this.#streams[index]?.track;
    if (track === undefined) return [];
    const shownMs = toMilliseconds(received.shown, track.timescale);
    const jumped = this.#jumped(index, track, shownMs);
    if (jumped.length > 0) return jumped;
    this.#clocks.arrived(index, shownMs, nowMs);
    if (this.#started === null) return this.#wait(index, received, nowMs);
    return [...this.#check(this.#started), ...this.#emit(this.#started, index, received)];
  }

  /** The publisher ended: gives what waits. */
  flush(): readonly Muxed[] {
    return this.#waiting.length > 0 ? this.#start() : [];
  }

  #jumped(index: number, { kind }: Track, shownMs: Milliseconds): readonly Muxed[] {
    const lastMs = this.#lastMs.get(index) ?? shownMs;
    this.#lastMs.set(index, Math.max(lastMs, shownMs));
    if (shownMs - lastMs <= JUMP_MS && lastMs - shownMs <= BACK_MS) return [];
    return changed(`the timestamps of the ${kind} jumped`, true);
  }

  #wait(index: number, received: Received, nowMs: Milliseconds): readonly Muxed[] {
    this.#waiting.push({ index, received });
    this.#waitingBytes += received.sample.data.byteLength;
    this.#firstAtMs ??= nowMs;
    if (this.#lastMs.size === this.#streams.length) this.#allAtMs ??= nowMs;
    return this.#isReady(nowMs, this.#firstAtMs) ? this.#start() : [];
  }

  #isReady(nowMs: Milliseconds, firstAtMs: Milliseconds): boolean {
    if (nowMs - firstAtMs >= START_WAIT_MS || this.#waitingBytes > WAITING_MAX_BYTES) return true;
    if (this.#allAtMs === null) return false;
    if (this.#streams.length === 1) return true;
    return nowMs - this.#allAtMs >= REPORT_WAIT_MS || this.#clocks.byReport(this.#indexes()) !== null;
  }

  #indexes(): readonly number[] {
    return this.#streams.map((_, index) => index).filter((index) => this.#lastMs.has(index));
  }

  /** Says which tracks there are, and then all that waited. The first picture or sound is shown at 0. */
  #start(): readonly Muxed[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    const reported = this.#trusted();
    const zeros = reported ?? this.#clocks.byArrival;
    const firstMs = Math.min(...waiting.map((one) => this.#wallMs(one, zeros)));
    const entries = new Map(waiting.toReversed().map(({ index, received }) => [index, received.entry]));
    const shifts = new Map([...entries.keys()].map((index) => [index, this.#shift(index, zeros, firstMs)]));
    const guessed = reported === null ? new Map(zeros) : null;
    const started: Started = { shifts, entries, guessed };
    this.#started = started;
    const tracks = [...entries].sort(([a], [b]) => a - b).map((entry) => this.#describe(...entry));
    const movie: Muxed = { kind: 'media', event: { kind: 'movie', tracks } };
    return [movie, ...waiting.flatMap(({ index, received }) => this.#emit(started, index, received))];
  }

  #trusted(): Zeros | null {
    const reported = this.#clocks.byReport(this.#indexes());
    if (reported === null || apart(this.#clocks.byArrival, reported) > TRUSTED_MS) return null;
    return reported;
  }

  #wallMs({ index, received }: Waiting, zeros: Zeros): Milliseconds {
    return (zeros.get(index) ?? 0) + toMilliseconds(received.shown, this.#timescale(index));
  }

  #shift(index: number, zeros: Zeros, firstMs: Milliseconds): Ticks {
    return Math.round((((zeros.get(index) ?? 0) - firstMs) * this.#timescale(index)) / 1000);
  }

  #timescale(index: number): number {
    return this.#streams[index]?.track.timescale ?? 1;
  }

  #describe(index: number, sampleEntry: Uint8Array): MovieTrack {
    const track = this.#streams[index]?.track;
    return {
      id: index + 1,
      handler: track?.kind === 'audio' ? 'soun' : 'vide',
      timescale: track?.timescale ?? 1,
      mediaTime: 0,
      sampleEntry,
      defaults: { duration: 0, size: 0, flags: 0 },
    };
  }

  /** Once reports have come for all, they say whether the start was right. From then on clocks that drift are let be. */
  #check(started: Started): readonly Muxed[] {
    const { guessed, entries } = started;
    if (guessed === null || entries.size < 2) return [];
    const reported = this.#clocks.byReport([...entries.keys()]);
    if (reported === null) return [];
    started.guessed = null;
    const ms = Math.round(apart(guessed, reported));
    if (ms <= ALIGNED_MS || ms > TRUSTED_MS) return [];
    return changed(`sender reports move its tracks by ${ms} ms`, false);
  }

  #emit({ shifts, entries }: Started, index: number, { sample, entry }: Received): readonly Muxed[] {
    const shift = shifts.get(index);
    const kind = this.#streams[index]?.track.kind ?? 'video';
    if (shift === undefined) return changed(`the ${kind} came later`, false);
    if (entries.get(index) !== entry) return changed(`the ${kind} is of another kind now`, false);
    const runs = [{ trackId: index + 1, samples: [{ ...sample, dts: sample.dts + shift }] }];
    return [{ kind: 'media', event: { kind: 'samples', runs } }];
  }
}

const changed = (reason: string, isNewClock: boolean): readonly Muxed[] => [
  { kind: 'changed', reason, isNewClock },
];
