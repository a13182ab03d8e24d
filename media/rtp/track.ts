import type { Sample } from '../sample.ts';
import type { Milliseconds, Ticks } from '../time.ts';
import type { Packet } from './packet.ts';

/** A sample of a stream, on the stream's own clock. */
export type Received = {
  readonly sample: Sample;
  /** What describes it: the same object as long as that stays the same. */
  readonly entry: Uint8Array;
  /** When it is shown by its timestamp alone: where that jumps, the sample's own time is kept from going back. */
  readonly shown: Ticks;
};

/** Turns the packets of one stream into samples that can be decoded. */
export type Track = {
  readonly kind: 'video' | 'audio';
  /** Ticks a second of its samples. */
  readonly timescale: number;
  /** Takes a packet that came at `nowMs`. What is lost or malformed is left out, with all that needs it. */
  readonly push: (packet: Packet, nowMs: Milliseconds) => readonly Received[];
  /** When on the clock of its samples an RTP timestamp is. */
  readonly timeOf: (timestamp: number) => Ticks;
};

/** How long packets are waited for that are late or lost. */
export const WAIT_MS: Milliseconds = 100;
