/** What a side can do, and how long it lets packets wait (draft-sharabayko-srt §3.2.1.1). */
export type ConnectionSettings = {
  /** `0x010500` is 1.5.0. */
  readonly version: number;
  /** Bits of `FLAGS`. */
  readonly flags: number;
  /** Milliseconds that it holds packets back when it receives. */
  readonly receiverDelayMs: number;
  /** Milliseconds that it wishes the other side to hold them back. */
  readonly senderDelayMs: number;
};

/** Table 6. */
export const FLAGS = {
  timedSending: 0x1,
  timedReceiving: 0x2,
  encryption: 0x4,
  dropsLate: 0x8,
  periodicLossReports: 0x10,
  marksRetransmissions: 0x20,
  /** Bytes without the bounds of packets, as for files. */
  stream: 0x40,
  packetFilter: 0x80,
} as const;

/** Null when it is shorter than it has to be. */
export function parseSettings(content: Uint8Array): ConnectionSettings | null {
  if (content.byteLength < 12) return null;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return {
    version: view.getUint32(0),
    flags: view.getUint32(4),
    receiverDelayMs: view.getUint16(8),
    senderDelayMs: view.getUint16(10),
  };
}

export function printSettings(settings: ConnectionSettings): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, settings.version);
  view.setUint32(4, settings.flags);
  view.setUint16(8, settings.receiverDelayMs);
  view.setUint16(10, settings.senderDelayMs);
  return bytes;
}
