import { type Description, describe } from '../../media/codecs/sample-entry.ts';
import type { MovieTrack } from '../../media/isobmff/movie.ts';
import type { Rotation } from '../../media/isobmff/rotation.ts';
import type { TrackId } from '../../wire/ids.ts';

/** A track of the encoder's output, and what its sample entry says. */
export type EncodedTrack = {
  readonly id: TrackId;
  readonly timescale: number;
  readonly sampleEntry: Uint8Array;
  readonly description: Description;
  readonly rotation: Rotation;
};

/** The encoder made something that can't be packaged. */
export class Unpackageable extends Error {
  override readonly name = 'Unpackageable';
}

/** Names a track. Throws Unpackageable. */
export function encodedTrack(
  { timescale, sampleEntry, rotation = 0 }: MovieTrack,
  id: TrackId | undefined,
): EncodedTrack {
  const description = describe(sampleEntry);
  if (description === null || id === undefined)
    throw new Unpackageable('the encoder made a track that was not asked for');
  return { id, timescale, sampleEntry, description, rotation };
}
