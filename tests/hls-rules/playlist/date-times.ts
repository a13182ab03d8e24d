import type { MediaPlaylist } from './media-playlist.ts';

/**
 * When the first sample of each segment was taken, milliseconds since 1970: what its tag says, else what follows
 * from the tag before it (§6.3.3). Null where nothing says it.
 */
export function dateTimes({ segments }: Pick<MediaPlaylist, 'segments'>): readonly (number | null)[] {
  let next: number | null = null;
  return segments.map(({ dateTime, discontinuity, duration }) => {
    const at: number | null = dateTime ?? (discontinuity ? null : next);
    next = at === null ? null : at + duration * 1000;
    return at;
  });
}

export const hasDateTimes = ({ segments }: Pick<MediaPlaylist, 'segments'>) =>
  segments.some(({ dateTime }) => dateTime !== null);

/** When the last segment ends, or null. */
export function endsAt(playlist: Pick<MediaPlaylist, 'segments'>): number | null {
  const at = dateTimes(playlist).at(-1) ?? null;
  const last = playlist.segments.at(-1);
  return at === null || last === undefined ? null : at + last.duration * 1000;
}
