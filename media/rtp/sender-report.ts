import { u32 } from '../isobmff/writer.ts';
import type { Milliseconds } from '../time.ts';

/** RTCP packet type of a sender report (RFC 3550 §12.1). */
export const SENDER_REPORT = 200;

/** What a sender says of one of its streams (RFC 3550 §6.4.1). */
export type SenderReport = {
  readonly ssrc: number;
  /** When it was sent, since 1970. */
  readonly wallMs: Milliseconds;
  /** The RTP timestamp of the same instant. */
  readonly timestamp: number;
  /** Sent so far; octets of payload. Counted modulo 2^32. */
  readonly packets: number;
  readonly octets: number;
};

/** Seconds from 1900, where NTP counts from, to 1970. */
const NTP_1970 = 2_208_988_800;

/** A time since 1970 in 64 bits of fixed point since 1900, modulo 2^32 seconds (RFC 3550 §4). */
export function ntpTime(wallMs: Milliseconds): readonly [seconds: number, fraction: number] {
  const seconds = Math.floor(wallMs / 1000);
  return [(seconds + NTP_1970) >>> 0, Math.floor(((wallMs - seconds * 1000) / 1000) * 2 ** 32)];
}

/** A sender report without reports on what it receives. */
export function printSenderReport({ ssrc, wallMs, timestamp, packets, octets }: SenderReport): Uint8Array {
  const head = (0x80 << 24) | (SENDER_REPORT << 16) | 6;
  return u32(head, ssrc, ...ntpTime(wallMs), timestamp, packets, octets);
}
