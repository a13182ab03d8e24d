import { channelsOf, sizeOf } from '../../media/codecs/sample-entry.ts';
import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { type Seconds, toSeconds } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';
import type { Source } from '../transcode/probe.ts';

/** What a feed turns out to be, and the feed itself, whole. */
export type Inspected = {
  readonly tracks: readonly MovieTrack[];
  readonly source: Source;
  readonly feed: Feed;
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

/** Reads as much of a feed as tells what it holds. Throws EmptyFeed, or what the feed throws. */
export async function inspect(feed: Feed): Promise<Inspected> {
  const iterator = feed[Symbol.asyncIterator]();
  const seen: Demuxed[] = [];
  let tracks: readonly MovieTrack[] | null = null;
  const look = new Look();
  while (!look.isEnough) {
    const { done, value } = await iterator.next();
    if (done) break;
    seen.push(value);
    if (value.kind === 'movie') {
      tracks = value.tracks;
      look.at(value.tracks);
    } else look.take(value);
  }
  if (tracks === null || tracks.length === 0) throw new EmptyFeed('it ended before it sent anything');
  return { tracks, source: sourceOf(tracks, look.frameRate), feed: replay(seen, iterator) };
}

async function* replay(seen: readonly Demuxed[], rest: AsyncIterator<Demuxed>): Feed {
  try {
    yield* seen;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** Measures the distance of pictures. */
class Look {
  #video: MovieTrack | null = null;
  #isOpen = false;
  readonly #shown: Seconds[] = [];
  #first: Seconds | null = null;
  #last: Seconds = 0;
  #timescales: ReadonlyMap<number, number> = new Map();

  at(tracks: readonly MovieTrack[]): void {
    this.#isOpen = true;
    this.#timescales = new Map(tracks.map(({ id, timescale }) => [id, timescale]));
    this.#video = tracks.find(({ handler }) => handler === 'vide') ?? null;
  }

  take({ runs }: Extract<Demuxed, { kind: 'samples' }>): void {
    for (const { trackId, samples } of runs) {
      const timescale = this.#timescales.get(trackId) ?? 1;
      for (const { dts, compositionOffset } of samples) {
        this.#last = toSeconds(dts, timescale);
        this.#first ??= this.#last;
        if (trackId === this.#video?.id) this.#shown.push(toSeconds(dts + compositionOffset, timescale));
      }
    }
  }

  get isEnough(): boolean {
    if (!this.#isOpen) return false;
    if (this.#video === null || this.#shown.length >= PICTURES_NEEDED) return true;
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
    video: video ? { ...sizeOf(video.sampleEntry), frameRate: frameRate ?? USUAL_RATE } : null,
    audio: audio ? { channels: channelsOf(audio.sampleEntry), language: 'und' } : null,
  };
}

const USUAL_RATE = { num: 25, den: 1 };
