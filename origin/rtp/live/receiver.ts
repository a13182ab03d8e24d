import type { Sample } from '../../../media/sample.ts';
import type { Format } from '../../../media/sdp/media.ts';
import type { Seconds } from '../../../media/time.ts';
import type { TrackId } from '../../../wire/ids.ts';

/** The packets of one sample. */
export type Batch = {
  readonly track: TrackId;
  /** Whole RTP packets, shared by all receivers: nobody changes them. */
  readonly packets: readonly Uint8Array[];
  /** What they were made of, for who carries it in another way. */
  readonly sample: Sample;
  /** Pictures: can be decoded without what came before. Sound: true. */
  readonly sync: boolean;
  /** Presentation time on the stream's timeline. */
  readonly atSeconds: Seconds;
};

/** Who receives a live stream. What it is called with must neither wait nor throw. */
export type Receiver = {
  /**
   * Starts with a key frame of the pictures, and sound from then on: nothing old is sent, so that who joins is not
   * behind.
   */
  readonly take: (batch: Batch) => void;
  /** RTCP of a track: with its first packets, and about every 5 s. */
  readonly control: (track: TrackId, packet: Uint8Array) => void;
  /** Told once: it ended, or has to be described anew. RTP's BYE went through `control` before. */
  readonly end: (reason: string) => void;
};

/** A track as it can be asked for. */
export type StreamTrack = {
  readonly id: TrackId;
  readonly kind: 'video' | 'audio';
  readonly format: Format;
  /** Hz of its RTP timestamps. */
  readonly clockRate: number;
  readonly sampleEntry: Uint8Array;
};

/** What RTP-Info says of a track: its next packet. */
export type Next = { readonly sequence: number; readonly timestamp: number; readonly ssrc: number };
