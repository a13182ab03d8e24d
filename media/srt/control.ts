import { type Handshake, parseHandshake, printHandshake } from './handshake.ts';
import { HEADER_BYTES, type Header, printHeader } from './header.ts';
import { parseRanges, printRanges, SEQUENCE_MASK, type Sequence, type SequenceRange } from './sequence.ts';

/** What a receiver tells about itself (draft-sharabayko-srt §3.2.4). */
export type ReceiverReport = {
  readonly rttUs: number;
  readonly rttVarianceUs: number;
  /** Packets that there is room for. */
  readonly available: number;
  readonly packetsPerSecond: number;
  readonly capacityPerSecond: number;
  readonly bytesPerSecond: number;
};

/** draft-sharabayko-srt §3.2. */
export type ControlPacket = Header &
  (
    | { readonly kind: 'handshake'; readonly handshake: Handshake }
    | { readonly kind: 'keep-alive' }
    /** Everything before `next` has arrived or is given up. A light one has number 0 and no report. */
    | {
        readonly kind: 'ack';
        readonly number: number;
        readonly next: Sequence;
        readonly report: ReceiverReport | null;
      }
    | { readonly kind: 'nak'; readonly losses: readonly SequenceRange[] }
    | { readonly kind: 'shutdown' }
    | { readonly kind: 'ackack'; readonly number: number }
    /** The sender does not have these any more. */
    | { readonly kind: 'drop'; readonly message: number; readonly range: SequenceRange }
    | { readonly kind: 'key-material'; readonly isRequest: boolean; readonly message: Uint8Array }
  );

/** Words of a loss report that fit a packet of 1,456 bytes. */
const LOSS_WORDS_MAX = 360;

/** Table 1. */
const TYPES = {
  handshake: 0,
  keepAlive: 1,
  ack: 2,
  nak: 3,
  shutdown: 5,
  ackack: 6,
  drop: 7,
  userDefined: 0x7fff,
} as const;

/** Subtypes of a user-defined packet (§3.2.2). */
const KEY_MATERIAL = { request: 3, response: 4 } as const;

/** Reads a datagram whose first bit is set; null when it is malformed or of a type that is not known. */
export function parseControl(bytes: Uint8Array, view: DataView, header: Header): ControlPacket | null {
  const body = new DataView(bytes.buffer, bytes.byteOffset + HEADER_BYTES, bytes.byteLength - HEADER_BYTES);
  const number = view.getUint32(4);
  switch (view.getUint16(0) & 0x7fff) {
    case TYPES.handshake: {
      const handshake = parseHandshake(body);
      return handshake && { kind: 'handshake', ...header, handshake };
    }
    case TYPES.keepAlive:
      return { kind: 'keep-alive', ...header };
    case TYPES.ack:
      return parseAck(body, number, header);
    case TYPES.nak: {
      const losses = parseRanges(body);
      return losses && { kind: 'nak', ...header, losses };
    }
    case TYPES.shutdown:
      return { kind: 'shutdown', ...header };
    case TYPES.ackack:
      return { kind: 'ackack', ...header, number };
    case TYPES.drop:
      return parseDrop(body, number, header);
    case TYPES.userDefined:
      return parseKeyMaterialPacket(view.getUint16(2), bytes, header);
    default:
      return null;
  }
}

function parseAck(body: DataView, number: number, header: Header): ControlPacket | null {
  if (body.byteLength < 4) return null;
  const next = body.getUint32(0) & SEQUENCE_MASK;
  if (body.byteLength < 28) return { kind: 'ack', ...header, number, next, report: null };
  const word = (index: number) => body.getUint32(index * 4);
  const report = {
    rttUs: word(1),
    rttVarianceUs: word(2),
    available: word(3),
    packetsPerSecond: word(4),
    capacityPerSecond: word(5),
    bytesPerSecond: word(6),
  };
  return { kind: 'ack', ...header, number, next, report };
}

function parseDrop(body: DataView, message: number, header: Header): ControlPacket | null {
  if (body.byteLength < 8) return null;
  const range = { first: body.getUint32(0) & SEQUENCE_MASK, last: body.getUint32(4) & SEQUENCE_MASK };
  return { kind: 'drop', ...header, message, range };
}

function parseKeyMaterialPacket(subtype: number, bytes: Uint8Array, header: Header): ControlPacket | null {
  if (subtype !== KEY_MATERIAL.request && subtype !== KEY_MATERIAL.response) return null;
  const message = bytes.subarray(HEADER_BYTES);
  return { kind: 'key-material', ...header, isRequest: subtype === KEY_MATERIAL.request, message };
}

export function printControl(packet: ControlPacket): Uint8Array {
  const { type, subtype, info, body } = contentOf(packet);
  const bytes = new Uint8Array(HEADER_BYTES + body.byteLength);
  const view = printHeader(bytes, packet);
  view.setUint16(0, 0x8000 | type);
  view.setUint16(2, subtype);
  view.setUint32(4, info);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

type Content = {
  readonly type: number;
  readonly subtype: number;
  readonly info: number;
  readonly body: Uint8Array;
};

const content = (type: number, info = 0, body: Uint8Array = new Uint8Array(), subtype = 0): Content => ({
  type,
  subtype,
  info,
  body,
});

function contentOf(packet: ControlPacket): Content {
  switch (packet.kind) {
    case 'handshake':
      return content(TYPES.handshake, 0, printHandshake(packet.handshake));
    case 'keep-alive':
      return content(TYPES.keepAlive);
    case 'ack':
      return content(TYPES.ack, packet.number, words([packet.next, ...reportWords(packet.report)]));
    case 'nak':
      return content(TYPES.nak, 0, words(printRanges(packet.losses, LOSS_WORDS_MAX)));
    case 'shutdown':
      return content(TYPES.shutdown);
    case 'ackack':
      return content(TYPES.ackack, packet.number);
    case 'drop':
      return content(TYPES.drop, packet.message, words([packet.range.first, packet.range.last]));
    case 'key-material': {
      const subtype = packet.isRequest ? KEY_MATERIAL.request : KEY_MATERIAL.response;
      return content(TYPES.userDefined, 0, packet.message, subtype);
    }
  }
}

const reportWords = (report: ReceiverReport | null) =>
  report === null
    ? []
    : [
        ...[report.rttUs, report.rttVarianceUs, report.available],
        ...[report.packetsPerSecond, report.capacityPerSecond, report.bytesPerSecond],
      ];

function words(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value);
  return bytes;
}
