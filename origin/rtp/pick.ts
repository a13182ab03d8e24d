import { sizeOf } from '../../media/codecs/sample-entry.ts';
import type { TrackId } from '../../wire/ids.ts';
import type { StreamTrack } from './live/receiver.ts';

/** `?video=` and `?audio=` of an address: a track's id or `none`; null where it does not say. */
export type Wish = { readonly video: string | null; readonly audio: string | null };

export type Picked =
  | { readonly kind: 'tracks'; readonly tracks: readonly TrackId[] }
  /** One line for who asked. */
  | { readonly kind: 'refused'; readonly reason: string };

type Pickable = Pick<StreamTrack, 'id' | 'kind' | 'format' | 'sampleEntry'>;

/** The largest picture in H.264, or else in any codec, and the first sound, unless something else is asked for. */
export function pickTracks(tracks: readonly Pickable[], wish: Wish): Picked {
  const picked: TrackId[] = [];
  for (const kind of ['video', 'audio'] as const) {
    const wished = wish[kind];
    if (wished === 'none') continue;
    const those = tracks.filter((track) => track.kind === kind);
    const found = wished === null ? usual(kind, those) : those.find(({ id }) => id === wished);
    if (found !== undefined) picked.push(found.id);
    else if (wished !== null) return refused(`it has no ${kind} track '${wished}'${listed(those)}`);
  }
  return picked.length === 0 ? refused('it has no such tracks') : { kind: 'tracks', tracks: picked };
}

function usual(kind: 'video' | 'audio', tracks: readonly Pickable[]): Pickable | undefined {
  if (kind === 'audio') return tracks[0];
  return tracks.toSorted((a, b) => Number(isAvc(b)) - Number(isAvc(a)) || areaOf(b) - areaOf(a))[0];
}

const isAvc = ({ format }: Pickable) => format.encoding?.name.toUpperCase() === 'H264';

function areaOf({ sampleEntry }: Pickable): number {
  const { width, height } = sizeOf(sampleEntry);
  return width * height;
}

const listed = (tracks: readonly Pickable[]) =>
  tracks.length === 0 ? '' : `: there is ${tracks.map(({ id }) => id).join(', ')}`;

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;
