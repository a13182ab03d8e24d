import type { Sample } from '../sample.ts';
import type { Format } from '../sdp/media.ts';

/** What all packets of a stream have in common. */
export type Payload = {
  readonly kind: 'video' | 'audio';
  /** Hz of its RTP timestamps. */
  readonly clockRate: number;
  /** Its `a=rtpmap` and `a=fmtp` in SDP. */
  readonly format: Format;
  /** Whether the last packet of a sample has the marker bit. Where it means the start of speech, none has. */
  readonly marksEnd: boolean;
};

/** Turns the samples of a track into RTP payloads. */
export type Packetizer = Payload & {
  /**
   * The payloads of the next sample, in order, each of at most the bytes that were asked for (a packet of Opus goes
   * whole). Parameter sets go before each key frame of H.264 and HEVC. A payload may be a part of the sample; a sample
   * without data has none. Throws MalformedPayload for a sample that is none.
   */
  readonly payloads: (sample: Sample) => readonly Uint8Array[];
};

export type PacketizerOptions = {
  /** A dynamic one, 96 to 127; a format that has a static one keeps that. */
  readonly payloadType: number;
  /** Of a payload, at most. */
  readonly maxBytes: number;
};
