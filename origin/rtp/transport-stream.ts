import { MalformedPayload } from '../../media/rtp/packet.ts';
import { TransportSender } from '../../media/rtp/transport-sender.ts';
import type { Sample } from '../../media/sample.ts';
import type { Seconds } from '../../media/time.ts';
import type { TrackId } from '../../wire/ids.ts';
import { randomStart } from './random-start.ts';

/** A track as MPEG-TS has to know it. */
export type Source = { readonly sampleEntry: Uint8Array; readonly timescale: number };

const PREFIX = 'ts+';

/** The name of the one stream in which several tracks go as MPEG-TS: `ts+v480+a128`. It is a track to who sets it up. */
export const nameOf = (tracks: readonly TrackId[]): TrackId => `${PREFIX}${tracks.join('+')}` as TrackId;

/** The tracks that a stream of this name holds; null for a track by itself. */
export const tracksIn = (name: string): readonly TrackId[] | null =>
  name.startsWith(PREFIX) ? (name.slice(PREFIX.length).split('+') as TrackId[]) : null;

/** Some tracks as one stream of RTP; null where one of them has no form in MPEG-TS. */
export function transportOf(sources: readonly (Source | null)[]): TransportSender | null {
  const known = sources.filter((source) => source !== null);
  return known.length === sources.length ? TransportSender.of(known, randomStart()) : null;
}

/** The packets of a sample; none for one that is malformed. */
export function packetsOf(
  sender: TransportSender,
  index: number,
  sample: Sample,
  at: Seconds,
): readonly Uint8Array[] {
  try {
    return sender.packets(index, sample, at);
  } catch (error) {
    if (error instanceof MalformedPayload) return [];
    throw error;
  }
}
