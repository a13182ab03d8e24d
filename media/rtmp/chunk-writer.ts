import type { Message } from './message.ts';

/** What a chunk stream starts with, and ours keep (Adobe RTMP 1.0 §5.4.1): answers are short. */
const CHUNK_SIZE = 128;

/** The chunk streams that servers use for protocol control and for commands (§5.3.1.1, §7.1). */
export const CONTROL_CHUNKS = 2;
export const COMMAND_CHUNKS = 3;

/** A message in chunks: a header of format 0, then as many of format 3 as there is payload for (§5.3.1.2). */
export function writeMessage(chunkStream: number, message: Omit<Message, 'timestamp'>): Uint8Array {
  const { type, streamId, payload } = message;
  const pieces = Math.max(1, Math.ceil(payload.length / CHUNK_SIZE));
  const bytes = new Uint8Array(12 + payload.length + pieces - 1);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, chunkStream);
  view.setUint32(3, payload.length);
  view.setUint8(7, type);
  view.setUint32(8, streamId, true);
  // The length's upper byte lies on the time's lowest, which is 0: payloads are short.
  let at = 12;
  for (let piece = 0; piece < pieces; piece++) {
    if (piece > 0) {
      view.setUint8(at, 0xc0 | chunkStream);
      at += 1;
    }
    const part = payload.subarray(piece * CHUNK_SIZE, (piece + 1) * CHUNK_SIZE);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
