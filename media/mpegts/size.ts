import type { Seconds } from '../time.ts';
import { PACKET_BYTES, ROOM } from './packet.ts';

/** Bytes that a unit has more at most: headers, clock, delimiter or ADTS, parameter sets, and a packet's stuffing. */
const UNIT_BYTES = 256;

/** Pictures have a PES packet each, and ten clock references a second; sound has at most 20 PES packets. */
const UNITS_MIN = 20;

/** Two tables, and what makes the counters come out even. */
const SEGMENT_BYTES = (2 + 15) * PACKET_BYTES;

/** No segment of CMAF is larger than this in MPEG-TS: what a playlist may promise before it is made. */
export function bytesAtMost(cmafBytes: number, seconds: Seconds, framesPerSecond: number): number {
  const units = Math.ceil(seconds * Math.max(framesPerSecond, UNITS_MIN)) + 1;
  return Math.ceil((cmafBytes * PACKET_BYTES) / ROOM) + units * UNIT_BYTES + SEGMENT_BYTES;
}
