import { writeAudio, writeVisual } from '../../../media/codecs/entry-writer.ts';
import { OPUS_RATE, writeHeadless } from '../../../media/codecs/opus-stream.ts';
import type { Demuxed } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import type { ReceivedSound } from '../../../media/rtp/opus-receiver.ts';
import type { Picture } from '../../../media/rtp/picture.ts';
import { VIDEO_RATE } from '../../../media/rtp/video-receiver.ts';
import type { Sample } from '../../../media/sample.ts';
import { type Milliseconds, type Ticks, toMilliseconds } from '../../../media/time.ts';
import type { Alignment, Kind } from './alignment.ts';

export type Muxed =
  | { readonly kind: 'media'; readonly event: Demuxed }
  /** What comes is another movie: a new feed has to take it. `reason` is for people. */
  | { readonly kind: 'changed'; readonly reason: string };

/** How long the other track is waited for once one has come. */
const START_WAIT_MS: Milliseconds = 2_000;

/** A pause or a jump by more than this is not one run of an encoder. */
const JUMP_MS: Milliseconds = 10_000;

/** How fast the picture is moved to where sender reports say that it belongs, and how far off is near enough. */
const SLEW_MS: Milliseconds = 1;
const NEAR_MS: Milliseconds = 5;

/** As long as a picture is said to last before the next one is there. */
const GUESSED: Ticks = VIDEO_RATE / 30;

const RATES = { video: VIDEO_RATE, audio: OPUS_RATE } as const;
const TRACK_IDS = { video: 1, audio: 2 } as const;

type Timed = { readonly kind: Kind; readonly mediaMs: Milliseconds; readonly sample: Sample };

/** Where media time zero of the movie lies on the clocks of its streams, in milliseconds. */
type Started = { readonly kinds: ReadonlySet<Kind>; readonly zeroMs: Milliseconds; shiftMs: Milliseconds };

/**
 * Joins the pictures and the sound of a publisher into one movie. The sound's clock leads; the picture is put beside it
 * by sender reports, and moved so slowly when these change their mind that nobody sees it.
 */
export class Muxer {
  readonly #expected: ReadonlySet<Kind>;
  readonly #alignment: Alignment;
  readonly #entries = new Map<Kind, Uint8Array>();
  readonly #lastMs = new Map<Kind, Milliseconds>();
  readonly #lastDts = new Map<Kind, Ticks>();
  #waiting: Timed[] = [];
  #firstAtMs: Milliseconds | null = null;
  #started: Started | null = null;

  /** `alignment` outlives a muxer: what is known of the clocks stays true when the movie changes. */
  constructor(expected: readonly Kind[], alignment: Alignment) {
    this.#expected = new Set(expected);
    this.#alignment = alignment;
  }

  /** Pictures before the first key frame are dropped. */
  picture(picture: Picture, time: Ticks, nowMs: Milliseconds): Muxed[] {
    if (picture.kind === 'inter' && !this.#entries.has('video')) return [];
    if (picture.kind === 'key') {
      const entry = writeVisual(picture.entry);
      const before = this.#entries.get('video');
      const { width, height } = picture.entry;
      if (before !== undefined && !isEqual(before, entry))
        return changed(`the picture is now ${width}×${height}`);
      this.#entries.set('video', entry);
    }
    const sync = picture.kind === 'key';
    return this.#take('video', time, { duration: GUESSED, sync, data: picture.data }, nowMs);
  }

  sound({ data, time, duration }: ReceivedSound, nowMs: Milliseconds): Muxed[] {
    if (!this.#entries.has('audio')) this.#entries.set('audio', opusEntry());
    return this.#take('audio', time, { duration, sync: true, data }, nowMs);
  }

  #take(
    kind: Kind,
    time: Ticks,
    rest: Pick<Sample, 'duration' | 'sync' | 'data'>,
    nowMs: Milliseconds,
  ): Muxed[] {
    const mediaMs = toMilliseconds(time, RATES[kind]);
    const lastMs = this.#lastMs.get(kind);
    if (lastMs !== undefined && mediaMs <= lastMs) return isBehind(kind, lastMs - mediaMs);
    if (lastMs !== undefined && mediaMs - lastMs > JUMP_MS) return changed(`the ${kind} jumped ahead`);
    this.#lastMs.set(kind, mediaMs);
    this.#alignment.arrived(kind, mediaMs, nowMs);
    const timed = { kind, mediaMs, sample: { dts: time, compositionOffset: 0, ...rest } };
    if (this.#started !== null) return this.#emit(timed, this.#started);
    this.#waiting.push(timed);
    this.#firstAtMs ??= nowMs;
    const isReady = this.#entries.size === this.#expected.size || nowMs - this.#firstAtMs >= START_WAIT_MS;
    return isReady ? this.#start() : [];
  }

  /** Says which tracks there are, and then all that waited. */
  #start(): Muxed[] {
    const shiftMs = this.#alignment.difference ?? 0;
    const shifted = ({ kind, mediaMs }: Timed) => mediaMs + (kind === 'video' ? shiftMs : 0);
    const zeroMs = Math.min(...this.#waiting.map(shifted));
    const started: Started = { kinds: new Set(this.#entries.keys()), zeroMs, shiftMs };
    this.#started = started;
    const waiting = this.#waiting;
    this.#waiting = [];
    const tracks = [...started.kinds]
      .sort()
      .reverse()
      .map((kind) => movieTrack(kind, this.#entries.get(kind)));
    const movie: Muxed = { kind: 'media', event: { kind: 'movie', tracks } };
    return [movie, ...waiting.flatMap((timed) => this.#emit(timed, started))];
  }

  #emit({ kind, mediaMs, sample }: Timed, started: Started): Muxed[] {
    if (!started.kinds.has(kind)) return changed(`the ${kind} came later`);
    if (kind === 'video') this.#slew(started);
    const shiftMs = kind === 'video' ? started.shiftMs : 0;
    const wished = Math.round(((mediaMs + shiftMs - started.zeroMs) * RATES[kind]) / 1000);
    const dts = Math.max(wished, (this.#lastDts.get(kind) ?? -1) + 1);
    this.#lastDts.set(kind, dts);
    const runs = [{ trackId: TRACK_IDS[kind], samples: [{ ...sample, dts }] }];
    return [{ kind: 'media', event: { kind: 'samples', runs } }];
  }

  #slew(started: Started): void {
    const off = (this.#alignment.difference ?? started.shiftMs) - started.shiftMs;
    if (Math.abs(off) > NEAR_MS) started.shiftMs += Math.sign(off) * SLEW_MS;
  }
}

const changed = (reason: string): Muxed[] => [{ kind: 'changed', reason }];

/** One that comes a second time is dropped. WebRTC has no pictures out of order, so going back is a new start. */
const isBehind = (kind: Kind, byMs: Milliseconds): Muxed[] =>
  byMs > JUMP_MS ? changed(`the ${kind} jumped back`) : [];

const isEqual = (a: Uint8Array, b: Uint8Array) =>
  a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);

/** RTP always says two channels (RFC 7587 §4.2); a decoder makes them of one where there is one. */
const opusEntry = () =>
  writeAudio({ type: 'Opus', channels: 2, sampleRate: OPUS_RATE, configuration: writeHeadless(2) });

const movieTrack = (kind: Kind, sampleEntry: Uint8Array = new Uint8Array()): MovieTrack => ({
  id: TRACK_IDS[kind],
  handler: kind === 'video' ? 'vide' : 'soun',
  timescale: RATES[kind],
  mediaTime: 0,
  sampleEntry,
  defaults: { duration: 0, size: 0, flags: 0 },
});
