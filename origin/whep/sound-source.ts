import type { MovieTrack } from '../../media/isobmff/movie.ts';
import { type Seconds, toTicks } from '../../media/time.ts';
import { FeedQueue } from '../ingest/feed-queue.ts';
import type { Batch, StreamTrack } from '../rtp/live/receiver.ts';

/** A step of the source's clock after which it is another run. */
const JUMP: Seconds = 0.5;

/** ffmpeg is told of one track. */
const TRACK = 1;

/** What one run of ffmpeg reads: the samples of a track of sound, as long as they follow one another. */
export class SoundSource {
  readonly feed = new FeedQueue();
  readonly #timescale: number;
  #startsAt: Seconds | null = null;
  #at: Seconds = 0;

  constructor({ sampleEntry, clockRate }: StreamTrack) {
    this.#timescale = clockRate;
    const movie: MovieTrack = {
      id: TRACK,
      handler: 'soun',
      timescale: clockRate,
      mediaTime: 0,
      sampleEntry,
      defaults: { duration: 0, size: 0, flags: 0 },
    };
    this.feed.push({ kind: 'movie', tracks: [movie] });
  }

  /** Where its first sample is on the stream's timeline; nothing is made before there is one. */
  get startsAt(): Seconds {
    return this.#startsAt ?? 0;
  }

  /** Where the last sample is that was taken. */
  get at(): Seconds {
    return this.#at;
  }

  /** Takes the next sample; one that does not follow ends it. */
  take({ sample, atSeconds }: Batch): void {
    this.#startsAt ??= atSeconds;
    const step = this.#at === 0 ? 0 : atSeconds - this.#at;
    this.#at = atSeconds;
    if (step < 0 || step > JUMP) {
      this.end();
      return;
    }
    const dts = toTicks(atSeconds, this.#timescale);
    const samples = [{ ...sample, dts, compositionOffset: 0 }];
    this.feed.push({ kind: 'samples', runs: [{ trackId: TRACK, samples }] });
  }

  end(): void {
    this.feed.end(null);
  }
}
