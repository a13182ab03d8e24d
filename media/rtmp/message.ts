import { MalformedRtmp } from './malformed.ts';

/** A message that came over a chunk stream (Adobe RTMP 1.0 §6.1). */
export type Message = {
  readonly type: number;
  /** 0 for the connection, else the stream that `createStream` gave. */
  readonly streamId: number;
  /** Milliseconds, modulo 2^32. */
  readonly timestamp: number;
  /** Belongs to the receiver. */
  readonly payload: Uint8Array;
};

/** Message types (§5.4, §7.1); those with a 3 in their name start with a byte that says AMF0. */
export const TYPES = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowSize: 5,
  peerBandwidth: 6,
  audio: 8,
  video: 9,
  data3: 15,
  command3: 17,
  data: 18,
  command: 20,
  aggregate: 22,
} as const;

/** The 32-bit number that a protocol control message is. Throws MalformedRtmp. */
export function readNumber({ type, payload }: Message): number {
  if (payload.length < 4) throw new MalformedRtmp(`message ${type}`, 'cut short');
  return new DataView(payload.buffer, payload.byteOffset).getUint32(0);
}
