import { PACKET_BYTES } from './packet.ts';

export const SYNC = 0x47;

/** What the head of a packet says (ISO/IEC 13818-1 §2.4.3.2). */
export type PacketHead = {
  readonly pid: number;
  /** A section or PES packet starts in it. */
  readonly starts: boolean;
  /** A decoder can start here. */
  readonly randomAccess: boolean;
  /** Counts the packets of its PID that have a payload, modulo 16. */
  readonly counter: number;
  /** It is filled up: what its payload belongs to ends with it. */
  readonly isFilled: boolean;
  /** May be empty. */
  readonly payload: Uint8Array;
};

/** Reads PACKET_BYTES at `at`; null where there is no packet, or one with an error. */
export function readPacket(bytes: Uint8Array, at: number): PacketHead | null {
  const [sync = 0, first = 0, second = 0, flags = 0, adaptation = 0, indicators = 0] = bytes.subarray(
    at,
    at + 6,
  );
  if (sync !== SYNC || first & 0x80 || at + PACKET_BYTES > bytes.byteLength) return null;
  const head = flags & 0x20 ? 5 + adaptation : 4;
  if (head > PACKET_BYTES) return null;
  return {
    pid: ((first & 0x1f) << 8) | second,
    starts: (first & 0x40) !== 0,
    randomAccess: (flags & 0x20) !== 0 && adaptation > 0 && (indicators & 0x40) !== 0,
    counter: flags & 0x0f,
    isFilled: (flags & 0x20) !== 0 && isStuffed(bytes, at + 4),
    payload: flags & 0x10 ? bytes.subarray(at + head, at + PACKET_BYTES) : new Uint8Array(),
  };
}

/** Whether an adaptation field is longer than what it says (§2.4.3.5): one byte alone stuffs too. */
function isStuffed(bytes: Uint8Array, at: number): boolean {
  const [size = 0, flags = 0] = bytes.subarray(at, at + 2);
  const counted = (from: number) => 1 + (bytes[at + 1 + from] ?? 0);
  let said = 1;
  if (flags & 0x10) said += CLOCK_REFERENCE_BYTES;
  if (flags & 0x08) said += CLOCK_REFERENCE_BYTES;
  if (flags & 0x04) said += 1;
  if (flags & 0x02) said += counted(said);
  if (flags & 0x01) said += counted(said);
  return size === 0 || size > said;
}

const CLOCK_REFERENCE_BYTES = 6;

/** Cuts bytes that come in any pieces into packets, and leaves out what stands between them. */
export class PacketSplitter {
  #rest: Uint8Array = new Uint8Array();

  /** The start of a packet whose end has not come. */
  get rest(): Uint8Array {
    return this.#rest;
  }

  /** Whole packets, one behind the other. */
  push(bytes: Uint8Array): readonly Uint8Array[] {
    const all = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const packets: Uint8Array[] = [];
    let at = 0;
    while (at + PACKET_BYTES <= all.byteLength) {
      if (isPacketAt(all, at)) packets.push(all.subarray(at, at + PACKET_BYTES));
      at += isPacketAt(all, at) ? PACKET_BYTES : 1;
    }
    this.#rest = all.slice(at);
    return packets;
  }
}

/** A byte that looks like the start of a packet is one when the next packet follows, as far as there are bytes. */
const isPacketAt = (bytes: Uint8Array, at: number) =>
  bytes[at] === SYNC && (bytes[at + PACKET_BYTES] ?? SYNC) === SYNC;
