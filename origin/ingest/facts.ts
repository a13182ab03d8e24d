import { channelsOf, sizeOf } from '../../media/codecs/sample-entry.ts';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { turned } from '../../media/isobmff/rotation.ts';
import type { Sample } from '../../media/sample.ts';
import { type Milliseconds, type Seconds, toSeconds } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';
import { type Source, Unreadable } from '../transcode/probe.ts';

/** What a feed turns out to be, and the feed itself, whole. */
export type Inspected = {
  readonly tracks: readonly MovieTrack[];
  readonly source: Source;
  readonly feed: Feed;
  /** From its first key frame to its second, or to its end; null where that was not looked at, or there are no pictures. */
  readonly gopSeconds: Seconds | null;
  /** When the first key frame came, or the first sample of sound alone; milliseconds since 1970. */
  readonly startedMs: Milliseconds;
};

export type Looking = {
  readonly now: () => Milliseconds;
  /** Looks on until the second key frame: what is packaged as it comes can be cut nowhere else. */
  readonly findsGop: boolean;
};

/** The feed ended before it said what it holds. */
export class EmptyFeed extends Error {
  override readonly name = 'EmptyFeed';
}

/** Pictures whose distance tells the frame rate. */
const PICTURES_NEEDED = 8;

/** Looked at for so long at the most: a camera of one picture a second is known by two. */
const LOOK_SECONDS: Seconds = 2;

/** Rates that pictures have, in frames a second; a measured one is taken for the nearest within 2 %. */
const USUAL_RATES: readonly (readonly [num: number, den: number])[] = [
  ...[10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 120].map((rate) => [rate, 1] as const),
  ...[24_000, 30_000, 60_000].map((num) => [num, 1_001] as const),
];
const NEAR = 0.02;

/** Longest distance of key frames that can be packaged, and most bytes that are held to find it. */
const GOP_MAX_SECONDS: Seconds = 10;
const HELD_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Reads as much of a feed as tells what it holds. Throws EmptyFeed, Unreadable when its key frames are too far apart,
 * or what the feed throws.
 */
export async function inspect(feed: Feed, { now, findsGop }: Looking): Promise<Inspected> {
  const iterator = feed[Symbol.asyncIterator]();
  const seen: Demuxed[] = [];
  let tracks: readonly MovieTrack[] | null = null;
  const look = new Look(now, findsGop);
  while (!look.isEnough) {
    const { done, value } = await iterator.next();
    if (done) {
      look.end();
      break;
    }
    seen.push(value);
    if (value.kind === 'movie') {
      tracks = value.tracks;
      look.at(value.tracks);
    } else look.take(value);
  }
  if (tracks === null || tracks.length === 0) throw new EmptyFeed('it ended before it sent anything');
  const { gopSeconds, startedMs, frameRate } = look;
  const source = sourceOf(tracks, frameRate);
  return { tracks, source, feed: replay(seen, iterator), gopSeconds, startedMs: startedMs ?? now() };
}

async function* replay(seen: readonly Demuxed[], rest: AsyncIterator<Demuxed>): Feed {
  try {
    yield* seen;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Measures the distance of pictures, and of key frames. */
class Look {
  readonly #now: () => Milliseconds;
  readonly #findsGop: boolean;
  readonly #keys: Seconds[] = [];
  #heldBytes = 0;
  startedMs: Milliseconds | null = null;
  #video: MovieTrack | null = null;
  #isOpen = false;
  readonly #shown: Seconds[] = [];
  #first: Seconds | null = null;
  #last: Seconds = 0;
  #timescales: ReadonlyMap<number, number> = new Map();
  #isEnded = false;

  constructor(now: () => Milliseconds, findsGop: boolean) {
    this.#now = now;
    this.#findsGop = findsGop;
  }

  at(tracks: readonly MovieTrack[]): void {
    this.#isOpen = true;
    this.#timescales = new Map(tracks.map(({ id, timescale }) => [id, timescale]));
    this.#video = tracks.find(({ handler }) => handler === 'vide') ?? null;
  }

  take({ runs }: Extract<Demuxed, { kind: 'samples' }>): void {
    for (const { trackId, samples } of runs) {
      const timescale = this.#timescales.get(trackId) ?? 1;
      for (const sample of samples) this.#see(sample, timescale, trackId === this.#video?.id);
    }
  }

  #see({ dts, compositionOffset, sync, data }: Sample, timescale: number, isPicture: boolean): void {
    this.#heldBytes += data.byteLength;
    this.#last = toSeconds(dts, timescale);
    this.#first ??= this.#last;
    if (this.#video === null || (isPicture && sync)) this.startedMs ??= this.#now();
    if (!isPicture) return;
    const shown = toSeconds(dts + compositionOffset, timescale);
    this.#shown.push(shown);
    if (sync) this.#keys.push(shown);
    this.#checkGop(shown);
  }

  #checkGop(shown: Seconds): void {
    const [first, second] = this.#keys;
    if (!this.#findsGop || second !== undefined) return;
    if (shown - (first ?? shown) <= GOP_MAX_SECONDS && this.#heldBytes < HELD_MAX_BYTES) return;
    throw new Unreadable(
      `its key frames are more than ${GOP_MAX_SECONDS} s apart: have the encoder send one every 2 s, or set \`ladder\``,
    );
  }

  /** The feed holds no more. */
  end(): void {
    this.#isEnded = true;
  }

  get gopSeconds(): Seconds | null {
    const [first, second] = this.#keys;
    const end = this.#isEnded && this.#findsGop ? Math.max(...this.#shown) : undefined;
    const next = second ?? end;
    return first === undefined || next === undefined ? null : next - first;
  }

  get isEnough(): boolean {
    if (!this.#isOpen) return false;
    if (this.#video === null) return true;
    if (this.#findsGop && this.#keys.length < 2) return false;
    if (this.#shown.length >= PICTURES_NEEDED) return true;
    return this.#last - (this.#first ?? this.#last) > LOOK_SECONDS;
  }

  /** The middle distance of two pictures: one that is missing or late moves the mean, but not this. */
  get frameRate(): { readonly num: number; readonly den: number } | null {
    const times = this.#shown.toSorted((a, b) => a - b);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const middle = gaps.toSorted((a, b) => a - b)[gaps.length >> 1];
    return middle === undefined || middle <= 0 ? null : usualRate(1 / middle);
  }
}

function usualRate(measured: number): { readonly num: number; readonly den: number } {
  const off = ([num, den]: readonly [number, number]) => Math.abs(num / den / measured - 1);
  const [nearest] = USUAL_RATES.toSorted((a, b) => off(a) - off(b));
  if (nearest !== undefined && off(nearest) < NEAR) return { num: nearest[0], den: nearest[1] };
  return { num: Math.max(1, Math.round(measured * 1_000)), den: 1_000 };
}

/** Also of codecs that only an encoder understands. */
function sourceOf(tracks: readonly MovieTrack[], frameRate: Look['frameRate']): Source {
  const video = tracks.find(({ handler }) => handler === 'vide');
  const audio = tracks.find(({ handler }) => handler === 'soun');
  return {
    durationSeconds: 0,
    video: video ? { ...shownSize(video), frameRate: frameRate ?? USUAL_RATE } : null,
    audio: audio ? { channels: channelsOf(audio.sampleEntry), language: 'und' } : null,
  };
}

const shownSize = ({ rotation = 0, sampleEntry }: MovieTrack) => turned(rotation, sizeOf(sampleEntry));

const USUAL_RATE = { num: 25, den: 1 };
