import type { Demuxed } from '../../media/isobmff/demuxer.ts';
import type { Ticks } from '../../media/time.ts';
import type { Feed } from '../packaging/feed.ts';

/**
 * The same feed with all tracks on one clock: what their edit lists say (a late start, a composition offset that is
 * taken back) is put into the decode times, which may be below 0, and `mediaTime` becomes 0.
 */
export async function* withoutEdits(feed: Feed): Feed {
  let starts: ReadonlyMap<number, Ticks> = new Map();
  for await (const event of feed) {
    if (event.kind === 'movie') {
      starts = new Map(event.tracks.map(({ id, mediaTime }) => [id, mediaTime]));
      yield { kind: 'movie', tracks: event.tracks.map((track) => ({ ...track, mediaTime: 0 })) };
    } else yield moved(event.runs, starts);
  }
}

type Runs = Extract<Demuxed, { kind: 'samples' }>['runs'];

function moved(runs: Runs, starts: ReadonlyMap<number, Ticks>): Demuxed {
  return {
    kind: 'samples',
    runs: runs.map(({ trackId, samples }) => {
      const start = starts.get(trackId) ?? 0;
      return { trackId, samples: samples.map((sample) => ({ ...sample, dts: sample.dts - start })) };
    }),
  };
}
