import * as Connection from '../../../media/sdp/connection.ts';
import type { Media } from '../../../media/sdp/media.ts';
import { print } from '../../../media/sdp/session.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { StreamTrack } from '../live/receiver.ts';
import type { Piece } from '../repertoire.ts';
import { controlOf } from './address.ts';

/**
 * What DESCRIBE answers: how the tracks that were picked are sent and where each is controlled (RFC 2326 §C). Addresses
 * and ports are 0, as SETUP agrees on them (§C.1.7).
 */
export function describe(piece: Piece, tracks: readonly StreamTrack[], isIpv6: boolean): string {
  const address = isIpv6 ? '::' : '0.0.0.0';
  const connection = Connection.print({ address, ttl: null });
  return print({
    origin: `- ${numberOf(piece.id)} 1 ${connection}`,
    name: piece.title.replaceAll(/[\r\n]+/g, ' '),
    connection,
    control: '*',
    range: rangeOf(piece),
    tool: 'Headwater',
    kilobitsPerSecond: null,
    media: tracks.map(mediaOf),
  });
}

/** RFC 2326 §C.1.5. */
const rangeOf = (piece: Piece) =>
  piece.kind === 'live' ? 'npt=now-' : `npt=0-${piece.film.duration.toFixed(3)}`;

/** Without a direction: which end it is told for was read both ways, and some clients leave out what they should send. */
const mediaOf = ({ id, kind, format }: StreamTrack): Media => ({
  kind,
  port: 0,
  protocol: 'RTP/AVP',
  formats: [format],
  connection: null,
  kilobitsPerSecond: null,
  control: controlOf(id),
  direction: 'sendrecv',
});

/** The same for the same presentation, so that who asks twice sees that nothing changed. */
const numberOf = (id: string) =>
  [...id].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2 ** 31, 7);

/** Tracks by their ids, in the order of these. */
export const tracksOf = <Track extends { readonly id: TrackId }>(
  tracks: readonly Track[],
  ids: readonly TrackId[],
): readonly Track[] => ids.flatMap((wanted) => tracks.find(({ id }) => id === wanted) ?? []);
