import { MalformedPayload } from '../../../media/rtp/packet.ts';
import { PacketStream } from '../../../media/rtp/packet-stream.ts';
import type { Packetizer } from '../../../media/rtp/packetizer.ts';
import type { Seconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';
import type { Addressed } from '../outlet.ts';
import { randomStart } from '../random-start.ts';
import { nameOf, packetsOf, transportOf } from '../transport-stream.ts';
import type { FilmSample, FilmTrack } from './film.ts';

/** The RTP streams in which a film goes to a session. */
export type Voices = {
  /** Which stream goes on with a track. */
  readonly streamOf: (track: TrackId) => { readonly name: TrackId; readonly stream: PacketStream } | null;
  /** Each of them, once. */
  readonly all: readonly (readonly [name: TrackId, stream: PacketStream])[];
  readonly packets: (track: TrackId, sample: FilmSample, packetizer: Packetizer, at: Seconds) => Addressed;
};

/** Each track by itself. */
export function bareVoices(tracks: readonly FilmTrack[]): Voices {
  const streams = new Map(
    tracks.map(({ id, payload }) => [id, new PacketStream({ payload, ...randomStart() })] as const),
  );
  const streamOf = (track: TrackId) => {
    const stream = streams.get(track);
    return stream === undefined ? null : { name: track, stream };
  };
  return {
    streamOf,
    all: [...streams],
    packets: (track, { sample }, packetizer, at) => ({
      track,
      packets: streams.get(track)?.write(payloadsOf(packetizer, sample), at) ?? [],
    }),
  };
}

function payloadsOf(packetizer: Packetizer, sample: FilmSample['sample']): readonly Uint8Array[] {
  try {
    return packetizer.payloads(sample);
  } catch (error) {
    if (error instanceof MalformedPayload) return [];
    throw error;
  }
}

/** All tracks in one transport stream; null where one of them has no form in it. */
export function transportVoices(tracks: readonly FilmTrack[]): Voices | null {
  const ids = tracks.map(({ id }) => id);
  const name = nameOf(ids);
  const stream = transportOf(tracks);
  if (stream === null) return null;
  return {
    streamOf: () => ({ name, stream }),
    all: [[name, stream]],
    packets: (track, { sample }, _, at) => ({
      track: name,
      packets: packetsOf(stream, ids.indexOf(track), sample, at),
    }),
  };
}
