import { MalformedFlv } from './malformed.ts';

export type AudioCodec = 'aac' | 'opus' | 'mp3';

/** What an audio tag holds. */
export type AudioPacket =
  /** An AudioSpecificConfig, or the identification header of Opus. MP3 has none. */
  | { readonly kind: 'configuration'; readonly codec: AudioCodec; readonly bytes: Uint8Array }
  | { readonly kind: 'frame'; readonly codec: AudioCodec; readonly data: Uint8Array }
  | { readonly kind: 'nothing' };

const NOTHING: AudioPacket = { kind: 'nothing' };

/** `SoundFormat` (Adobe FLV 10.1 §E.4.2.1, Enhanced RTMP v2, "Enhanced Audio"). */
const MP3 = 2;
const ENHANCED = 9;
const AAC = 10;
const MP3_8K = 14;

/** `AACPacketType` (Adobe FLV 10.1 §E.4.2.2). */
const SEQUENCE_HEADER = 0;

/** `AudioPacketType` (Enhanced RTMP v2, "Enhanced Audio"). */
const SEQUENCE_START = 0;
const CODED_FRAMES = 1;
const MULTITRACK = 5;

/** Later drafts put changes of a packet before it. */
const MODIFIER = 7;

const CODES: Readonly<Record<string, AudioCodec>> = { mp4a: 'aac', Opus: 'opus', '.mp3': 'mp3' };

/** The second header that Opus has in Ogg. */
const COMMENTS = 'OpusTags';

/** Reads the body of an audio tag. Throws MalformedFlv, also for codecs that are not taken. */
export function readAudio(body: Uint8Array): AudioPacket {
  const [first] = body;
  if (first === undefined) return NOTHING;
  switch (first >> 4) {
    case AAC:
      return body[1] === SEQUENCE_HEADER
        ? configuration('aac', body.subarray(2))
        : frame('aac', body.subarray(2));
    case MP3:
    case MP3_8K:
      return frame('mp3', body.subarray(1));
    case ENHANCED:
      return readEnhanced(body, first & 15);
    default:
      throw untaken(`sound format ${first >> 4} of FLV`);
  }
}

function readEnhanced(body: Uint8Array, type: number): AudioPacket {
  if (type === MULTITRACK) throw untaken('more than one audio track in a stream');
  if (type === MODIFIER) throw untaken('a modified audio packet');
  if (type !== SEQUENCE_START && type !== CODED_FRAMES) return NOTHING;
  if (body.length < 5) throw new MalformedFlv('an audio packet is cut short');
  const code = text(body.subarray(1, 5));
  const codec = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  if (codec === undefined) throw untaken(`sound codec ${JSON.stringify(code)}`);
  const rest = body.subarray(5);
  return type === SEQUENCE_START ? configuration(codec, rest) : frame(codec, rest);
}

/** Said to publishers. */
const untaken = (what: string) =>
  new MalformedFlv(`${what} is not taken: AAC, Opus and MP3 are, one track of it`);

function configuration(codec: AudioCodec, bytes: Uint8Array): AudioPacket {
  const isComments = text(bytes.subarray(0, COMMENTS.length)) === COMMENTS;
  const isNothing = bytes.length === 0 || codec === 'mp3' || isComments;
  return isNothing ? NOTHING : { kind: 'configuration', codec, bytes };
}

const frame = (codec: AudioCodec, data: Uint8Array): AudioPacket =>
  data.length === 0 ? NOTHING : { kind: 'frame', codec, data };

const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);
