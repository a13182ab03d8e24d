import type { Seconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { StreamTrack } from '../live/receiver.ts';
import type { Film, FilmSample } from './film.ts';
import type { Reading } from './reader.ts';
import { type Place, placeAt } from './segments.ts';

/** Times that are closer are one: a tick of any timescale is longer. */
const SAME: Seconds = 1e-6;

/** Where each track is taken up, and what time that is. */
export type FilmStart = { readonly at: Seconds; readonly readings: readonly Reading[] };

/**
 * Starts at the last random access point at or before a time (RFC 7826 §18.47, `RAP`): a key frame of the first
 * pictures, and the sound from then on. Where there are no pictures it is the sound's own frame.
 */
export async function startAt(
  film: Film,
  tracks: readonly StreamTrack[],
  asked: Seconds,
): Promise<FilmStart> {
  const lead = tracks.find(({ kind }) => kind === 'video') ?? tracks[0];
  const key = lead && (await keyFrame(film, lead.id, asked));
  const at = Math.max(0, key?.shownAt ?? 0);
  const readings = tracks.map(({ id, kind }): Reading => {
    const from = independentAt(film.placesOf(id), at);
    const isDue = ({ shownAt }: FilmSample) => shownAt >= at - SAME;
    const isFirst = (one: FilmSample) => isDue(one) && (kind === 'audio' || one.sample.sync);
    return { track: id, from, isFirst, mode: 'all' };
  });
  return { at, readings };
}

/** Goes on with the samples that were not sent: those decoded at a time or later. */
export function goOnAt(
  film: Film,
  tracks: readonly StreamTrack[],
  positions: ReadonlyMap<TrackId, Seconds>,
): Reading[] {
  return tracks.map(({ id }) => {
    const at = positions.get(id) ?? 0;
    const isFirst = ({ decodedAt }: FilmSample) => decodedAt >= at - SAME;
    return { track: id, from: placeAt(film.placesOf(id), at + SAME), isFirst, mode: 'all' };
  });
}

/** Goes from key frame to key frame of the pictures, forward or backward. */
export function keysFrom(film: Film, { id }: StreamTrack, asked: Seconds, isBackward: boolean): Reading {
  const from = placeAt(film.placesOf(id), asked + SAME);
  const mode = isBackward ? 'keys-backward' : 'keys';
  return { track: id, from, isFirst: () => true, mode };
}

async function keyFrame(film: Film, track: TrackId, asked: Seconds): Promise<FilmSample | null> {
  const places = film.placesOf(track);
  const place = places[independentAt(places, asked)];
  const samples = place === undefined ? null : await film.read(track, place);
  const keys = (samples ?? []).filter(({ sample }) => sample.sync);
  return keys.findLast(({ shownAt }) => shownAt <= asked + SAME) ?? keys[0] ?? null;
}

/** The last place at or before a time that can be decoded without the one before it. */
function independentAt(places: readonly Place[], at: Seconds): number {
  let index = placeAt(places, at + SAME);
  while (index > 0 && places[index]?.segment.independent === false) index -= 1;
  return index;
}
