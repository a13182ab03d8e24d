import type { Demuxed } from '../../../media/isobmff/demuxer.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { LiveStream } from './stream.ts';

/**
 * Lets a live stream hear what a feed says, before that is packaged. `trackIds` name the feed's tracks, in their order;
 * `startMs` is when its first sample was taken, if that was before it is read.
 */
export function tap(
  stream: LiveStream,
  trackIds: readonly TrackId[],
  startMs?: Milliseconds,
): (event: Demuxed) => void {
  let indexes: ReadonlyMap<number, number> = new Map();
  return (event) => {
    if (event.kind === 'samples') {
      for (const { trackId, samples } of event.runs) stream.take(indexes.get(trackId) ?? -1, samples);
      return;
    }
    const named = event.tracks.flatMap((movie, index) => {
      const id = trackIds[index];
      return id === undefined ? [] : [{ id, movie }];
    });
    indexes = new Map(event.tracks.map(({ id }, index) => [id, index]));
    stream.open(named, startMs);
  };
}
