import type { LiveStream } from '../rtp/live/stream.ts';
import { pickTracks } from '../rtp/pick.ts';
import type { Wanted } from './offer.ts';
import { OPUS } from './opus.ts';
import { type Chosen, isOpus, REORDERED } from './reception.ts';

export type Choice =
  | { readonly kind: 'chosen'; readonly chosen: Chosen }
  /** 404: there is no such track. 422: it can't be played in this way. */
  | { readonly kind: 'refused'; readonly status: 404 | 422; readonly reason: string };

/** What `?video=` and `?audio=` of a request say. */
export type Asked = { readonly video: string | undefined; readonly audio: string | undefined };

/** Picks the tracks for a viewer. */
export function choose(stream: LiveStream, { video, audio }: Asked): Choice {
  const picked = pickTracks(stream.tracks, { video: video ?? null, audio: audio ?? null });
  if (picked.kind === 'refused') return { kind: 'refused', status: 404, reason: picked.reason };
  const trackOf = (kind: 'video' | 'audio') =>
    stream.tracks.find((track) => track.kind === kind && picked.tracks.includes(track.id)) ?? null;
  const chosen = { video: trackOf('video'), audio: trackOf('audio') };
  if (chosen.video !== null && stream.isReordered(chosen.video.id))
    return { kind: 'refused', status: 422, reason: REORDERED };
  return { kind: 'chosen', chosen };
}

/** What an offer has to take: sound is made Opus where it is not. */
export const wantedOf = ({ video, audio }: Chosen): Wanted => ({
  video: video?.format ?? null,
  audio: audio === null || isOpus(audio) ? (audio?.format ?? null) : OPUS.format,
});
