import { PACKET_BYTES } from '../mpegts/packet.ts';
import type { Payload } from './payload.ts';

/** A whole number of packets of MPEG-TS: with their heads they fit an Ethernet frame. */
export const TRANSPORT_MAX_BYTES = 7 * PACKET_BYTES;

/** Every 90,000th of a second (RFC 2250 §2). */
const CLOCK_RATE = 90_000;

/** MPEG-TS under its static payload type (RFC 2250 §2, RFC 3551 §6). Its marker is for times that jump. */
export const MP2T: Payload = {
  ...{ kind: 'video', clockRate: CLOCK_RATE, marksEnd: false },
  format: {
    payloadType: 33,
    encoding: { name: 'MP2T', clockRate: CLOCK_RATE, channels: 1 },
    parameters: new Map(),
  },
};

/** Payloads of whole packets, in order, each of at most `maxBytes`. They are parts of `packets`. */
export function payloads(packets: Uint8Array, maxBytes: number): readonly Uint8Array[] {
  const size = Math.max(1, Math.floor(maxBytes / PACKET_BYTES)) * PACKET_BYTES;
  const count = Math.ceil(packets.byteLength / size);
  return Array.from({ length: count }, (_, index) => packets.subarray(index * size, (index + 1) * size));
}
