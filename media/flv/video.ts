import type { VisualEntry } from '../codecs/entry-writer.ts';
import { MalformedFlv } from './malformed.ts';

export type VideoCodec = VisualEntry['type'];

/** What a video tag holds. */
export type VideoPacket =
  /** The body of the codec's configuration box. */
  | { readonly kind: 'configuration'; readonly codec: VideoCodec; readonly bytes: Uint8Array }
  | {
      readonly kind: 'frame';
      readonly codec: VideoCodec;
      readonly sync: boolean;
      /** Milliseconds from its decoding to its showing. */
      readonly compositionMs: number;
      readonly data: Uint8Array;
    }
  /** Commands, metadata, the end of a sequence. */
  | { readonly kind: 'nothing' };

const NOTHING: VideoPacket = { kind: 'nothing' };

/** `CodecID` (Adobe FLV 10.1 §E.4.3.1). 12 is HEVC as Chinese encoders send it, in the layout of H.264. */
const AVC = 7;
const HEVC = 12;

/** Frame types (§E.4.3.1). */
const KEY = 1;
const COMMAND = 5;

/** `AVCPacketType` (§E.4.3.1). */
const SEQUENCE_HEADER = 0;
const UNITS = 1;

/** `VideoPacketType` (Enhanced RTMP v2, "Enhanced Video"). */
const SEQUENCE_START = 0;
const CODED_FRAMES = 1;
const CODED_FRAMES_X = 3;
const MULTITRACK = 6;

/** Later drafts put changes of a packet before it. */
const MODIFIER = 7;

const CODES: Readonly<Record<string, VideoCodec>> = {
  avc1: 'avc1',
  hvc1: 'hvc1',
  av01: 'av01',
  vp09: 'vp09',
};

/** Those whose coded frames start with a composition time. */
const REORDERED: ReadonlySet<VideoCodec> = new Set(['avc1', 'hvc1']);

/** Reads the body of a video tag. Throws MalformedFlv, also for codecs that are not taken. */
export function readVideo(body: Uint8Array): VideoPacket {
  const [first] = body;
  if (first === undefined) return NOTHING;
  if (first & 0x80) return readEnhanced(body, first);
  if (first >> 4 === COMMAND) return NOTHING;
  const codec = { [AVC]: 'avc1', [HEVC]: 'hvc1' }[first & 15] as VideoCodec | undefined;
  if (codec === undefined) throw untaken(`video codec ${first & 15} of FLV`);
  if (body.length < 5) return NOTHING;
  const type = body[1];
  if (type === SEQUENCE_HEADER) return configuration(codec, body.subarray(5));
  return type === UNITS ? frame(codec, first >> 4, signed24(body, 2), body.subarray(5)) : NOTHING;
}

function readEnhanced(body: Uint8Array, first: number): VideoPacket {
  const type = first & 15;
  const frameType = (first >> 4) & 7;
  if (type === MULTITRACK) throw untaken('more than one video track in a stream');
  if (type === MODIFIER) throw untaken('a modified video packet');
  if (type !== SEQUENCE_START && type !== CODED_FRAMES && type !== CODED_FRAMES_X) return NOTHING;
  if (frameType === COMMAND) return NOTHING;
  if (body.length < 5) throw new MalformedFlv('a video packet is cut short');
  const code = String.fromCharCode(...body.subarray(1, 5));
  const codec = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (codec === undefined) throw untaken(`video codec ${JSON.stringify(code)}`);
  if (type === SEQUENCE_START) return configuration(codec, recordOf(codec, body.subarray(5)));
  if (type === CODED_FRAMES_X || !REORDERED.has(codec)) return frame(codec, frameType, 0, body.subarray(5));
  if (body.length < 8) throw new MalformedFlv('a video packet is cut short');
  return frame(codec, frameType, signed24(body, 5), body.subarray(8));
}

/** Said to publishers. */
const untaken = (what: string) =>
  new MalformedFlv(`${what} is not taken: H.264, HEVC, AV1 and VP9 are, one track of it`);

const configuration = (codec: VideoCodec, bytes: Uint8Array): VideoPacket =>
  bytes.length === 0 ? NOTHING : { kind: 'configuration', codec, bytes };

const frame = (codec: VideoCodec, type: number, compositionMs: number, data: Uint8Array): VideoPacket =>
  data.length === 0 ? NOTHING : { kind: 'frame', codec, sync: type === KEY, compositionMs, data };

/** Version 1 and no flags: what a `vpcC` starts with. */
const VPCC_HEAD = [1, 0, 0, 0] as const;

/** "VPCodecConfigurationRecord", which a `vpcC` has behind version and flags. ffmpeg sends these as well. */
function recordOf(codec: VideoCodec, bytes: Uint8Array): Uint8Array {
  const hasHead = VPCC_HEAD.every((byte, index) => bytes[index] === byte);
  return codec !== 'vp09' || hasHead ? bytes : Uint8Array.from([...VPCC_HEAD, ...bytes]);
}

const signed24 = (bytes: Uint8Array, at: number) =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8)) >> 8;
