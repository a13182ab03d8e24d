import type { SocketId } from './header.ts';
import type { Sequence } from './sequence.ts';

/** What both sides say before media is sent (draft-sharabayko-srt §3.2.1). */
export type Handshake = {
  /** 4 in the first message of a caller, 5 from then on. */
  readonly version: number;
  /** Length of the media keys in units of 8 bytes, or 0. */
  readonly encryption: number;
  /** `MAGIC` in an answer to an induction; else which extensions follow, as bits of `CARRIES`. */
  readonly extensionField: number;
  readonly initialSequence: Sequence;
  /** Bytes of the largest IP packet. */
  readonly mtu: number;
  /** Packets that may be sent without being acknowledged. */
  readonly flowWindow: number;
  /** One of `STAGES`, or a rejection. */
  readonly stage: number;
  /** Of who sends it. */
  readonly socket: SocketId;
  readonly cookie: number;
  /** 16 bytes. */
  readonly peerAddress: Uint8Array;
  readonly extensions: readonly Extension[];
};

/** `type` is one of `EXTENSIONS`; the content is a multiple of 4 bytes. */
export type Extension = { readonly type: number; readonly content: Uint8Array };

/** Table 4. */
export const STAGES = { induction: 1, conclusion: 0xffff_ffff } as const;

/** Of SRT, in the extension field of an induction (§4.3.1.1). */
export const MAGIC = 0x4a17;

/** Table 3. */
export const CARRIES = { settings: 1, keyMaterial: 2, configuration: 4 } as const;

/** Table 5. */
export const EXTENSIONS = {
  settingsRequest: 1,
  settingsResponse: 2,
  keyMaterialRequest: 3,
  keyMaterialResponse: 4,
  streamId: 5,
  congestion: 6,
  filter: 7,
  group: 8,
} as const;

const HEAD_BYTES = 48;

/** Reads the body of a handshake packet; null when it can't be one. */
export function parseHandshake(body: DataView): Handshake | null {
  if (body.byteLength < HEAD_BYTES) return null;
  const extensions = parseExtensions(body);
  if (extensions === null) return null;
  return {
    version: body.getUint32(0),
    encryption: body.getUint16(4),
    extensionField: body.getUint16(6),
    initialSequence: body.getUint32(8) & 0x7fff_ffff,
    mtu: body.getUint32(12),
    flowWindow: body.getUint32(16),
    stage: body.getUint32(20),
    socket: body.getUint32(24),
    cookie: body.getUint32(28),
    peerAddress: bytesOf(body, 32, 16),
    extensions,
  };
}

function parseExtensions(body: DataView): Extension[] | null {
  const extensions: Extension[] = [];
  for (let at = HEAD_BYTES; at < body.byteLength; ) {
    if (at + 4 > body.byteLength) return null;
    const bytes = body.getUint16(at + 2) * 4;
    if (at + 4 + bytes > body.byteLength) return null;
    extensions.push({ type: body.getUint16(at), content: bytesOf(body, at + 4, bytes) });
    at += 4 + bytes;
  }
  return extensions;
}

const bytesOf = (view: DataView, at: number, count: number) =>
  new Uint8Array(view.buffer, view.byteOffset + at, count);

/** The body of a handshake packet. */
export function printHandshake(handshake: Handshake): Uint8Array {
  const { extensions } = handshake;
  const size = extensions.reduce((sum, { content }) => sum + 4 + content.byteLength, HEAD_BYTES);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, handshake.version);
  view.setUint16(4, handshake.encryption);
  view.setUint16(6, handshake.extensionField);
  const words = [
    ...[handshake.initialSequence, handshake.mtu, handshake.flowWindow],
    ...[handshake.stage, handshake.socket, handshake.cookie],
  ];
  for (const [index, word] of words.entries()) view.setUint32(8 + index * 4, word);
  bytes.set(handshake.peerAddress, 32);
  let at = HEAD_BYTES;
  for (const { type, content } of extensions) {
    view.setUint16(at, type);
    view.setUint16(at + 2, content.byteLength / 4);
    bytes.set(content, at + 4);
    at += 4 + content.byteLength;
  }
  return bytes;
}
