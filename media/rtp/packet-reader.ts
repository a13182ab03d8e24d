import type { Packet } from './packet.ts';

/** A packet with what its header says of its stream. */
export type SentPacket = Packet & {
  /** 7 bits; SDP says what it stands for. */
  readonly payloadType: number;
  /** Names the stream; a sender that starts anew takes another. */
  readonly ssrc: number;
};

const HEAD_BYTES = 12;
const VERSION = 2;
const PADDED = 0x20;
const EXTENDED = 0x10;
const MARKED = 0x80;

/** RTCP packet types that are sent on a port meant for RTP as well (RFC 5761 §4): 192 to 223. */
const isControl = (second: number) => second >= 192 && second <= 223;

/** Reads an RTP packet (RFC 3550 §5.1); null for what is none. The payload is a part of `bytes`. */
export function readPacket(bytes: Uint8Array): SentPacket | null {
  const [first = 0, second = 0] = bytes;
  if (bytes.byteLength < HEAD_BYTES || first >> 6 !== VERSION || isControl(second)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = payloadStart(view, first);
  const end = bytes.byteLength - (first & PADDED ? (bytes.at(-1) ?? 0) : 0);
  if (start === null || start > end) return null;
  return {
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    marker: (second & MARKED) !== 0,
    payloadType: second & 0x7f,
    payload: bytes.subarray(start, end),
  };
}

/** Behind the contributing sources and the header extension (§5.3.1). */
function payloadStart(view: DataView, first: number): number | null {
  const start = HEAD_BYTES + (first & 0x0f) * 4;
  if (!(first & EXTENDED)) return start;
  return start + 4 <= view.byteLength ? start + 4 + view.getUint16(start + 2) * 4 : null;
}
