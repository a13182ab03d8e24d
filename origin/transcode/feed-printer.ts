import { describe } from '../../media/codecs/sample-entry.ts';
import { writeChunk } from '../../media/isobmff/chunk.ts';
import { type NumberedTrack, writeMovie } from '../../media/isobmff/init.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import type { Sample } from '../../media/sample.ts';
import { type Seconds, toSeconds, toTicks } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';

/** What comes first starts here, since another track may start a little earlier. */
export const LEAD_SECONDS: Seconds = 1;

/** A feed as fragmented MP4 with a fragment for each sample, for an encoder to read. It starts near time 0. */
export async function* printFeed(feed: Feed): AsyncIterable<Uint8Array> {
  const printer = new Printer();
  for await (const event of feed) {
    if (event.kind === 'movie') yield printer.movie(event.tracks);
    else for (const { trackId, samples } of event.runs) yield* printer.samples(trackId, samples);
  }
}

class Printer {
  #timescales: ReadonlyMap<number, number> = new Map();
  /** What is taken off all times. */
  #zero: Seconds | null = null;
  #sequence = 0;

  movie(tracks: readonly MovieTrack[]): Uint8Array {
    this.#timescales = new Map(tracks.map(({ id, timescale }) => [id, timescale]));
    return writeMovie(tracks.map(numbered));
  }

  *samples(trackId: number, samples: readonly Sample[]): Iterable<Uint8Array> {
    const timescale = this.#timescales.get(trackId);
    if (timescale === undefined) return;
    for (const sample of samples) {
      this.#zero ??= toSeconds(sample.dts, timescale) - LEAD_SECONDS;
      const time = sample.dts - toTicks(this.#zero, timescale);
      this.#sequence += 1;
      // A track that starts more than that earlier than the others is cut.
      if (time < 0) continue;
      yield writeChunk({ sequence: this.#sequence, time, samples: [sample], opensSegment: false, trackId });
    }
  }
}

function numbered({ sampleEntry, handler, ...track }: MovieTrack): NumberedTrack {
  const { id, timescale, mediaTime, rotation = 0 } = track;
  const description = describe(sampleEntry);
  const { width, height } = description?.kind === 'video' ? description : { width: 0, height: 0 };
  const kind = handler === 'soun' ? 'audio' : 'video';
  return { id, kind, timescale, mediaTime, rotation, sampleEntry, width, height, language: 'und' };
}
