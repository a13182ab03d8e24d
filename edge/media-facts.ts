import { toSeconds } from '../media/time.ts';
import type { Timeline } from '../media/timeline.ts';
import type { ChunkPath, ImmutablePath } from '../wire/paths.ts';
import type { Presentation } from '../wire/presentation.ts';
import type { Replica } from './replica.ts';

/** What the timeline does not know and will not learn of is not asked of the origin. */
export function mayExist({ timelines }: Replica, path: ImmutablePath): boolean {
  const timeline = timelines.get(path.track);
  const first = timeline?.segments[0] ?? timeline?.open;
  if (timeline === undefined || !first) return false;
  if (path.kind === 'chunk') return chunkStands(timeline, path) === 'here';
  if (path.kind === 'init') return path.epoch <= (timeline.open ?? timeline.last ?? first).epoch;
  // A segment that has just left the window is still kept by the origin, for players with an older playlist.
  if (path.number < first.number) return path.epoch <= first.epoch;
  return timeline.find(path.epoch, path.number) !== null;
}

/**
 * Whether a chunk is here, comes next, or is neither. The first one of the segment behind the one that grows comes
 * next too: manifests of DASH name it a little early (media/dash/expected.ts).
 */
export function chunkStands(timeline: Timeline | undefined, path: ChunkPath): 'here' | 'next' | 'never' {
  const { number, index, epoch } = path;
  const segment = timeline?.open ?? timeline?.last;
  if (!timeline || !segment) return 'never';
  if (index < timeline.chunksOf(number).length) return epochOf(timeline, number) === epoch ? 'here' : 'never';
  if (segment.epoch !== epoch || timeline.ended) return 'never';
  const [open, grown] = [timeline.open, timeline.open?.chunks.length ?? 0];
  if (number === segment.number && open !== null) return index === grown ? 'next' : 'never';
  return number === segment.number + 1 && index === 0 ? 'next' : 'never';
}

function epochOf(timeline: Timeline, number: number): string | undefined {
  if (timeline.open?.number === number) return timeline.open.epoch;
  return timeline.segments.findLast((segment) => segment.number === number)?.epoch;
}

/**
 * Seconds of playback that an object stands for. Only one kind of track counts viewers: video where there is any,
 * since each viewer takes just one of these. `announced` is the duration of a chunk not yet on the timeline.
 */
export function mediaSeconds(
  { tracks }: Presentation,
  { timelines }: Replica,
  path: ImmutablePath,
  announced = 0,
): number {
  const leading = tracks.some(({ media }) => media.kind === 'video') ? 'video' : 'audio';
  const track = tracks.find(({ id }) => id === path.track);
  const timeline = timelines.get(path.track);
  if (path.kind === 'init' || track?.media.kind !== leading || timeline === undefined) return 0;
  if (path.kind === 'segment') {
    return toSeconds(timeline.find(path.epoch, path.number)?.duration ?? 0, timeline.timescale);
  }
  const chunk = timeline.chunksOf(path.number)[path.index];
  return chunk === undefined ? announced : toSeconds(chunk.duration, timeline.timescale);
}
