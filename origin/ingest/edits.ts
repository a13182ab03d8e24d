import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { Ticks } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';

/**
 * Puts all tracks of a movie on one clock: what their edit lists say (a late start, a composition offset that is taken
 * back) goes into the decode times, which may be below 0, and `mediaTime` becomes 0.
 */
export class Edits {
  #starts: ReadonlyMap<number, Ticks> = new Map();

  apply(event: Demuxed): Demuxed {
    if (event.kind === 'samples') return this.#moved(event.runs);
    this.#starts = new Map(event.tracks.map(({ id, mediaTime }) => [id, mediaTime]));
    return { kind: 'movie', tracks: event.tracks.map((track) => ({ ...track, mediaTime: 0 })) };
  }

  #moved(runs: Runs): Demuxed {
    return {
      kind: 'samples',
      runs: runs.map(({ trackId, samples }) => {
        const start = this.#starts.get(trackId) ?? 0;
        return { trackId, samples: samples.map((sample) => ({ ...sample, dts: sample.dts - start })) };
      }),
    };
  }
}

type Runs = Extract<Demuxed, { kind: 'samples' }>['runs'];

/** The same feed with its edit lists applied. */
export async function* withoutEdits(feed: Feed): Feed {
  const edits = new Edits();
  for await (const event of feed) yield edits.apply(event);
}
