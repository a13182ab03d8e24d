import type { Ticks } from '../time.ts';

/** ISO/IEC 13818-1 §2.4.3.2. */
export const PACKET_BYTES = 188;

const HEADER_BYTES = 4;

/** Bytes of a packet behind its header. */
export const ROOM = PACKET_BYTES - HEADER_BYTES;

/** An adaptation field with flags and a clock reference. */
export const CLOCK_BYTES = 8;

export type Packet = {
  readonly pid: number;
  /** Counts the packets with payload of a PID, modulo 16. */
  readonly counter: number;
  /** The first of a section or PES packet. */
  readonly starts: boolean;
  /** Null where none is sent. */
  readonly clock: Ticks | null;
  /** A decoder can start here (`random_access_indicator`). */
  readonly randomAccess: boolean;
  /** May be empty, and at most what a packet has room for. */
  readonly payload: Uint8Array;
};

/** Writes a packet of exactly PACKET_BYTES at `at`; what the payload leaves is stuffed (§2.4.3.4). */
export function writePacket(bytes: Uint8Array, at: number, packet: Packet): void {
  const { pid, counter, starts, payload } = packet;
  const adaptation = ROOM - payload.byteLength;
  bytes[at] = 0x47;
  bytes[at + 1] = (starts ? 0x40 : 0) | (pid >> 8);
  bytes[at + 2] = pid & 0xff;
  bytes[at + 3] = (adaptation > 0 ? 0x20 : 0) | (payload.byteLength > 0 ? 0x10 : 0) | (counter & 0xf);
  if (adaptation > 0) writeAdaptation(bytes, at + HEADER_BYTES, adaptation, packet);
  bytes.set(payload, at + HEADER_BYTES + adaptation);
}

/** `size` includes the byte that says it; of one byte that is all there is. */
function writeAdaptation(bytes: Uint8Array, at: number, size: number, { clock, randomAccess }: Packet): void {
  bytes[at] = size - 1;
  if (size === 1) return;
  bytes.fill(0xff, at + 1, at + size);
  bytes[at + 1] = (randomAccess ? 0x40 : 0) | (clock === null ? 0 : 0x10);
  if (clock !== null) bytes.set(clockBytes(clock), at + 2);
}

/** 33 bits of base, 6 reserved, an extension of 0 (§2.4.3.5). */
const clockBytes = (base: Ticks) => [
  ...[25, 17, 9, 1].map((shift) => Math.floor(base / 2 ** shift) & 0xff),
  ((base % 2) << 7) | 0x7e,
  0,
];
