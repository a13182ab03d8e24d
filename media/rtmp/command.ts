import { type Amf0Object, type Amf0Value, readValues, writeValues } from '../flv/amf0.ts';
import { COMMAND_CHUNKS, CONTROL_CHUNKS, writeMessage } from './chunk-writer.ts';
import { MalformedRtmp } from './malformed.ts';
import { type Message, TYPES } from './message.ts';

/** A command of a client (Adobe RTMP 1.0 §7.1.1). */
export type Command = {
  readonly name: string;
  /** An answer repeats it; 0 asks for none. */
  readonly transaction: number;
  /** Of the message that it came in. */
  readonly streamId: number;
  /** What follows the transaction; the first is the command object. */
  readonly values: readonly Amf0Value[];
};

/** Reads a command message. Throws MalformedRtmp. */
export function readCommand({ type, streamId, payload }: Message): Command {
  const body = type === TYPES.command3 ? payload.subarray(1) : payload;
  const [name, transaction, ...values] = readValues(body);
  if (typeof name !== 'string' || typeof transaction !== 'number')
    throw new MalformedRtmp('command', 'has no name or transaction');
  return { name, transaction, streamId, values };
}

/** The four-character codes that are taken (Enhanced RTMP v2, "Enhancing NetConnection connect Command"). */
const VIDEO_CODES = ['avc1', 'hvc1', 'av01', 'vp09'] as const;
const AUDIO_CODES = ['mp4a', 'Opus', '.mp3'] as const;

/** `FourCcInfoMask.CanForward`: what comes is handed on as it is. */
const CAN_FORWARD = 4;

/** Bytes after which each side tells the other how many came (§5.4.4, §5.4.5). */
export const WINDOW_BYTES = 2_500_000;

/** "Dynamic" (§5.4.5): the limit is for the client to keep. */
const DYNAMIC = 2;

/** The stream that `createStream` gives; a connection has one. */
export const STREAM_ID = 1;

/** What a client hears when it connects (§7.2.1.1): windows, and what this server takes. */
export function connected(transaction: number): readonly Uint8Array[] {
  const flags = (codes: readonly string[]) => Object.fromEntries(codes.map((code) => [code, CAN_FORWARD]));
  const properties = {
    fmsVer: 'FMS/3,0,1,123',
    capabilities: 31,
    fourCcList: [...VIDEO_CODES, ...AUDIO_CODES],
    videoFourCcInfoMap: flags(VIDEO_CODES),
    audioFourCcInfoMap: flags(AUDIO_CODES),
    capsEx: 0,
  };
  const information = {
    level: 'status',
    code: 'NetConnection.Connect.Success',
    description: 'connected',
    objectEncoding: 0,
  };
  return [
    control(TYPES.windowSize, WINDOW_BYTES),
    control(TYPES.peerBandwidth, WINDOW_BYTES, DYNAMIC),
    command(0, '_result', transaction, properties, information),
  ];
}

/** The answer to a call that has one: `createStream` gets a number, others nothing (§7.2.1.2, §7.2.1.3). */
export const result = (transaction: number, value?: number): Uint8Array =>
  command(0, '_result', transaction, null, value);

export type Status = {
  readonly level: 'status' | 'error';
  /** Such as `NetStream.Publish.Start`. */
  readonly code: string;
  /** For people; clients show it. */
  readonly description: string;
};

/** `onStatus` of a stream (§7.2.2). */
export const status = (streamId: number, said: Status): Uint8Array =>
  command(streamId, 'onStatus', 0, null, { ...said });

/** "Stream Begin" (§7.1.7). */
export function streamBegins(): Uint8Array {
  const payload = new Uint8Array(6);
  payload[5] = STREAM_ID;
  return writeMessage(CONTROL_CHUNKS, { type: TYPES.userControl, streamId: 0, payload });
}

/** The answer to a ping, with its time (§7.1.7); null for other events. */
export function pong({ payload }: Message): Uint8Array | null {
  const isPing = payload.length >= 6 && payload[0] === 0 && payload[1] === 6;
  if (!isPing) return null;
  const answer = Uint8Array.of(0, 7, ...payload.subarray(2, 6));
  return writeMessage(CONTROL_CHUNKS, { type: TYPES.userControl, streamId: 0, payload: answer });
}

/** How many bytes came since the handshake, modulo 2^32 (§5.4.3). */
export const acknowledgement = (bytes: number): Uint8Array => control(TYPES.acknowledgement, bytes);

function control(type: number, value: number, ...rest: readonly number[]): Uint8Array {
  const payload = new Uint8Array(4 + rest.length);
  new DataView(payload.buffer).setUint32(0, value);
  payload.set(rest, 4);
  return writeMessage(CONTROL_CHUNKS, { type, streamId: 0, payload });
}

const command = (
  streamId: number,
  name: string,
  transaction: number,
  object: Amf0Object | null,
  value: Amf0Value,
): Uint8Array =>
  writeMessage(COMMAND_CHUNKS, {
    type: TYPES.command,
    streamId,
    payload: writeValues(name, transaction, object, value),
  });
