import { MP2T } from '../../../media/rtp/mp2t.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { StreamTrack } from '../live/receiver.ts';
import { pickTracks } from '../pick.ts';
import type { Piece } from '../repertoire.ts';
import { nameOf, type Source, tracksIn, transportOf } from '../transport-stream.ts';
import type { Address } from './address.ts';
import { tracksOf } from './description.ts';

export type Offer =
  | { readonly kind: 'tracks'; readonly tracks: readonly StreamTrack[] }
  /** One line for who asked. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What of a presentation an address means: some tracks, or one transport stream of them. */
export function offerOf(piece: Piece, { wish, isTransportStream }: Address): Offer {
  const picked = pickTracks(tracksOfPiece(piece), wish);
  if (picked.kind === 'refused') return picked;
  if (!isTransportStream) return { kind: 'tracks', tracks: tracksOf(tracksOfPiece(piece), picked.tracks) };
  if (!isCarried(piece, picked.tracks))
    return { kind: 'refused', reason: 'its codecs are not carried in MPEG-TS' };
  const { format, clockRate, kind } = MP2T;
  const sampleEntry = new Uint8Array();
  return {
    kind: 'tracks',
    tracks: [{ id: nameOf(picked.tracks), kind, format, clockRate, sampleEntry }],
  };
}

/** What is set up by this name: a track, or a transport stream of some; null where there is no such thing. */
export function streamNamed(piece: Piece, name: string): TrackId | null {
  const carried = tracksIn(name);
  if (carried === null) return tracksOfPiece(piece).find(({ id }) => id === name)?.id ?? null;
  const isOnce = new Set(carried).size === carried.length;
  return isOnce && isCarried(piece, carried) ? nameOf(carried) : null;
}

const tracksOfPiece = (piece: Piece) => (piece.kind === 'live' ? piece.stream.tracks : piece.film.tracks);

const isCarried = (piece: Piece, ids: readonly TrackId[]) =>
  transportOf(ids.map((id) => sourceOf(piece, id))) !== null;

function sourceOf(piece: Piece, track: TrackId): Source | null {
  if (piece.kind === 'live') return piece.stream.source(track);
  return piece.film.tracks.find(({ id }) => id === track) ?? null;
}
