import { type ControlPacket, parseControl, printControl } from './control.ts';
import { HEADER_BYTES, type Header, parseHeader, printHeader } from './header.ts';
import type { Parity } from './key-material.ts';
import type { Sequence } from './sequence.ts';

/** Media (draft-sharabayko-srt §3.1). */
export type DataPacket = Header & {
  readonly kind: 'data';
  readonly sequence: Sequence;
  /** Null where the payload is not encrypted. */
  readonly parity: Parity | null;
  readonly isRetransmitted: boolean;
  readonly payload: Uint8Array;
};

export type Packet = DataPacket | ControlPacket;

const PARITY: readonly (Parity | null)[] = [null, 'even', 'odd'];

/** Reads a datagram; null when it is not a packet of SRT, or of a type that is not known. */
export function parse(bytes: Uint8Array): Packet | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = parseHeader(view);
  return view.getUint8(0) & 0x80 ? parseControl(bytes, view, header) : parseData(bytes, view, header);
}

/** The datagram of a packet; a data packet is a message of its own. */
export const print = (packet: Packet): Uint8Array =>
  packet.kind === 'data' ? printData(packet) : printControl(packet);

function parseData(bytes: Uint8Array, view: DataView, header: Header): DataPacket | null {
  const flags = view.getUint8(4);
  const parity = PARITY[(flags >> 3) & 3];
  if (parity === undefined) return null;
  return {
    kind: 'data',
    ...header,
    sequence: view.getUint32(0),
    parity,
    isRetransmitted: (flags & 4) !== 0,
    payload: bytes.subarray(HEADER_BYTES),
  };
}

function printData(packet: DataPacket): Uint8Array {
  const { sequence, parity, isRetransmitted, payload } = packet;
  const bytes = new Uint8Array(HEADER_BYTES + payload.byteLength);
  const view = printHeader(bytes, packet);
  view.setUint32(0, sequence);
  // The first and the last of its message, which is numbered by the sequence.
  view.setUint32(4, sequence & 0x3ff_ffff);
  view.setUint8(4, 0xc0 | (PARITY.indexOf(parity) << 3) | (isRetransmitted ? 4 : 0) | (view.getUint8(4) & 3));
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}
