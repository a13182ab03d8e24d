import { type Check, must, when } from '../check.ts';
import { applyDelta } from '../playlist/delta.ts';
import { differing, tail } from '../playlist/identity.ts';
import type { MediaPlaylist } from '../playlist/media-playlist.ts';

/** A delta update, the version that the client had, and the whole playlist as of the same part. */
export type Delta = {
  readonly older: MediaPlaylist;
  readonly delta: MediaPlaylist;
  readonly full: MediaPlaylist;
};

function differences({ older, delta, full }: Delta): readonly string[] {
  const merged = applyDelta(older, delta);
  if (merged === null) return [`${delta.skipped} segments are skipped, which the client never had`];
  return differing(merged, full).map((number) => `segment ${number} is not what the whole playlist says`);
}

/** Rules on Playlist Delta Updates. */
export const DELTAS: readonly Check<Delta>[] = [
  must(
    'delta-segments',
    '§6.2.5.1',
    'A delta update is a version of the playlist in which older segments are replaced by EXT-X-SKIP.',
    differences,
  ),
  must(
    'delta-tail',
    '§6.2.5.1',
    'All tags that were not skipped MUST remain in the Playlist Delta Update.',
    ({ older, delta, full }) =>
      when(tail(applyDelta(older, delta) ?? delta) !== tail(full), 'what follows the segments differs'),
  ),
  must(
    'delta-sequence',
    '§4.4.5.2',
    'Replacing segments changes neither EXT-X-MEDIA-SEQUENCE nor EXT-X-DISCONTINUITY-SEQUENCE.',
    ({ delta, full }) =>
      when(
        delta.sequence !== full.sequence || delta.discontinuitySequence !== full.discontinuitySequence,
        `${delta.sequence}/${delta.discontinuitySequence}, whole ${full.sequence}/${full.discontinuitySequence}`,
      ),
  ),
];
