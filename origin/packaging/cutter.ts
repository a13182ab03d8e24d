import { presentationTime, type Sample } from '../../media/sample.ts';
import { type Seconds, type Ticks, toSeconds, toTicks } from '../../media/time.ts';

export type CutterTrack = { readonly kind: 'video' | 'audio'; readonly timescale: number };

export type CutterOptions = {
  readonly tracks: readonly CutterTrack[];
  /** Wished length of a segment; key frames decide. */
  readonly segmentSeconds: Seconds;
  /** Longest segment that there may be. */
  readonly segmentMaxSeconds?: Seconds;
  /** Longest chunk of a segment; null makes each segment one chunk. */
  readonly chunkSeconds: Seconds | null;
  /** Where this epoch starts on the presentation's media timeline. */
  readonly startSeconds: Seconds;
};

/** A chunk: samples of one track that follow each other, on the presentation's timeline. */
export type Cut = {
  /** Index into the tracks. */
  readonly track: number;
  /** Counts the segments of this epoch from 0; segments of one index start together on all tracks. */
  readonly segment: number;
  /** Counts the chunks of the segment from 0. */
  readonly index: number;
  /** The segment ends with it. */
  readonly isLast: boolean;
  /** Decode time of the first sample. */
  readonly time: Ticks;
  readonly duration: Ticks;
  readonly independent: boolean;
  readonly samples: readonly Sample[];
};

/** The leading track says nothing while the others go on. */
export class LeaderStalled extends Error {
  override readonly name = 'LeaderStalled';
}

/** The leading track has no key frame where its segment would have to end. */
export class KeyFramesTooFar extends Error {
  override readonly name = 'KeyFramesTooFar';
}

/** A key frame may come this part of a segment early and still cut: 1.998 s is as good as 2 s. */
export const EARLY = 0.1;

/** How far the other tracks may run ahead of the leading one: what they send must be held until it speaks. */
const AHEAD_MAX_SECONDS: Seconds = 60;

type TrackState = {
  readonly track: CutterTrack;
  /** Samples that can't be placed yet, in decode order. */
  waiting: Sample[];
  /** From the encoder's decode times to ours; null before the first sample is placed. */
  shift: Ticks | null;
  segment: number;
  index: number;
  /** Of the chunk that still grows. */
  samples: Sample[];
};

/**
 * Cuts the samples of one epoch into segments that start together on all tracks, and those into chunks. The first video track leads: it
 * cuts at the key frames that are about a segment apart, and every other track at its first fitting sample at or
 * after that time. Without video the first audio track leads.
 *
 * Time zero of the epoch is the leader's first key frame. Decode times are moved so that the first sample of a track
 * is decoded when it should be shown; an edit list then takes its composition offset back off all samples. CMAF
 * (ISO/IEC 23000-19 §7.5.17) would also allow negative offsets instead, but libavformat shows those pictures late.
 */
export class Cutter {
  readonly #options: CutterOptions;
  readonly #states: readonly TrackState[];
  readonly #leader: number;
  /** When the leader's first key frame is shown, on the encoder's clock. */
  #zero: Seconds | null = null;
  /** When segments start, from time zero: those that some track has not come to, from number `#firstStart`. */
  readonly #starts: Seconds[] = [];
  #firstStart = 0;
  #lastStart: Seconds = 0;
  /** All cuts before this time are known. */
  #known: Seconds = 0;

  constructor(options: CutterOptions) {
    this.#options = options;
    this.#states = options.tracks.map((track) => ({
      track,
      waiting: [],
      shift: null,
      segment: 0,
      index: 0,
      samples: [],
    }));
    const video = options.tracks.findIndex(({ kind }) => kind === 'video');
    this.#leader = Math.max(0, video);
  }

  /** Takes the next sample of a track, in decode order; gives the chunks that it completes. */
  push(track: number, sample: Sample): Cut[] {
    const state = this.#states[track];
    if (state === undefined) throw new RangeError(`track ${track} of ${this.#states.length}`);
    if (track === this.#leader) return this.#lead(state, sample);
    state.waiting.push(sample);
    return this.#follow(track, state);
  }

  /** The epoch is over: gives what is left. */
  flush(): Cut[] {
    this.#known = Number.POSITIVE_INFINITY;
    const cuts = this.#zero === null ? [] : this.#followAll();
    return [...cuts, ...this.#states.flatMap((state, track) => this.#close(track, state, true))];
  }

  #lead(state: TrackState, sample: Sample): Cut[] {
    if (this.#zero === null) {
      if (!sample.sync) return [];
      this.#zero = toSeconds(presentationTime(sample), state.track.timescale);
    }
    const isDue = this.#isDue(state, sample);
    const cuts = isDue
      ? this.#close(this.#leader, state, true)
      : this.#closeFull(this.#leader, state, sample);
    this.#place(state, sample);
    this.#known = this.#decoded(state, sample);
    const followed = this.#followAll();
    this.#forgetStarts();
    return [...cuts, ...followed];
  }

  #forgetStarts(): void {
    const slowest = Math.min(...this.#states.map(({ segment }) => segment));
    this.#starts.splice(0, slowest - this.#firstStart);
    this.#firstStart = Math.max(this.#firstStart, slowest);
  }

  #isDue(state: TrackState, sample: Sample): boolean {
    const at = this.#shown(state, sample);
    if (!sample.sync || at < this.#dueFrom(state)) return this.#checkLength(at);
    this.#starts.push(at);
    this.#lastStart = at;
    return true;
  }

  #checkLength(at: Seconds): false {
    const { segmentMaxSeconds = Number.POSITIVE_INFINITY } = this.#options;
    if (at - this.#lastStart <= segmentMaxSeconds) return false;
    const seconds = Math.floor(segmentMaxSeconds);
    throw new KeyFramesTooFar(
      `its key frames are more than ${seconds} s apart: have the encoder send one every 2 s, or set \`ladder\``,
    );
  }

  /** Any frame of sound may start a segment, so those that lead keep to whole multiples of a segment's length. */
  #dueFrom(state: TrackState): Seconds {
    const { segmentSeconds } = this.#options;
    const last = this.#lastStart;
    if (state.track.kind === 'video') return last + segmentSeconds * (1 - EARLY);
    return (Math.floor(last / segmentSeconds + EARLY) + 1) * segmentSeconds - halfTick(state);
  }

  #followAll(): Cut[] {
    return this.#states.flatMap((state, track) => (track === this.#leader ? [] : this.#follow(track, state)));
  }

  /** Places the waiting samples that lie before the time up to which cuts are known. */
  #follow(track: number, state: TrackState): Cut[] {
    if (this.#zero === null) return this.#checkAhead(state);
    const cuts: Cut[] = [];
    let taken = 0;
    for (const sample of state.waiting) {
      if (this.#shown(state, sample) >= this.#known) break;
      taken += 1;
      if (this.#isTooEarly(state, sample)) continue;
      while (this.#startsNext(state, sample)) cuts.push(...this.#close(track, state, true));
      cuts.push(...this.#closeFull(track, state, sample));
      this.#place(state, sample);
    }
    state.waiting.splice(0, taken);
    this.#checkAhead(state);
    return cuts;
  }

  #startsNext(state: TrackState, sample: Sample): boolean {
    const start = this.#starts[state.segment - this.#firstStart];
    return start !== undefined && sample.sync && this.#shown(state, sample) >= start - halfTick(state);
  }

  /** An encoder's priming, or pictures before the track's first key frame. */
  #isTooEarly(state: TrackState, sample: Sample): boolean {
    if (state.shift !== null) return false;
    const middle = this.#shown(state, sample) + toSeconds(sample.duration / 2, state.track.timescale);
    return !sample.sync || middle < 0;
  }

  #checkAhead({ waiting, track }: TrackState): [] {
    const held = (waiting.at(-1)?.dts ?? 0) - (waiting[0]?.dts ?? 0);
    if (toSeconds(held, track.timescale) > AHEAD_MAX_SECONDS) {
      throw new LeaderStalled(`the leading track is silent for ${AHEAD_MAX_SECONDS} s while another goes on`);
    }
    return [];
  }

  /** When a sample is shown, from time zero. */
  #shown({ track }: TrackState, sample: Sample): Seconds {
    return toSeconds(presentationTime(sample), track.timescale) - (this.#zero ?? 0);
  }

  /** When a sample is decoded, from time zero: nothing behind it is shown before. */
  #decoded({ track, shift }: TrackState, sample: Sample): Seconds {
    return toSeconds(sample.dts + (shift ?? 0), track.timescale) - this.#options.startSeconds;
  }

  #place(state: TrackState, sample: Sample): void {
    state.shift ??= this.#shift(state, sample);
    state.samples.push({ ...sample, dts: sample.dts + state.shift });
  }

  /** From the encoder's decode times to ours; no track starts before the epoch does. */
  #shift({ track }: TrackState, first: Sample): Ticks {
    const start = toTicks(this.#options.startSeconds, track.timescale);
    const shift = first.compositionOffset + start - toTicks(this.#zero ?? 0, track.timescale);
    return Math.max(shift, start - first.dts);
  }

  /** Closes the chunk that has no room for a sample. */
  #closeFull(track: number, state: TrackState, sample: Sample): Cut[] {
    const { chunkSeconds } = this.#options;
    const [first] = state.samples;
    if (chunkSeconds === null || first === undefined) return [];
    const end = sample.dts + (state.shift ?? 0) + sample.duration;
    const isFull = toSeconds(end - first.dts, state.track.timescale) > chunkSeconds + EXACT;
    return isFull ? this.#close(track, state, false) : [];
  }

  #close(track: number, state: TrackState, isLast: boolean): Cut[] {
    const { segment, index, samples } = state;
    state.segment += isLast ? 1 : 0;
    state.index = isLast ? 0 : index + 1;
    state.samples = [];
    const [first] = samples;
    if (first === undefined) return [];
    const duration = samples.reduce((sum, sample) => sum + sample.duration, 0);
    return [{ track, segment, index, isLast, time: first.dts, duration, independent: first.sync, samples }];
  }
}

/** Sums of fractions of a second are equal when they differ by less than this. */
const EXACT: Seconds = 1e-6;

/** Half a tick of grace for the rounding between timescales. */
const halfTick = ({ track }: TrackState): Seconds => 0.5 / track.timescale;
