import { fromBase64 } from '../base64.ts';
import { readStream } from '../codecs/audio-specific-config.ts';
import { fromHex } from '../hex.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Format as Described, Media } from '../sdp/media.ts';
import { type HeaderSizes, HIGH_BIT_RATE } from './aac.ts';
import { readConfig } from './latm.ts';
import { MPEG_RATE } from './mp3.ts';

/** What packets of pictures hold, and what has to be known to read them. */
export type PicturePayload =
  | { readonly codec: 'h264' | 'hevc'; readonly parameterSets: readonly Uint8Array[] }
  | { readonly codec: 'vp9' | 'av1' };

/** The same of sound. */
export type SoundPayload =
  | { readonly codec: 'mp3' | 'opus' }
  | { readonly codec: 'aac'; readonly config: Uint8Array; readonly sizes: HeaderSizes }
  | { readonly codec: 'latm'; readonly config: Uint8Array };

/** What is said of a payload. */
type Coded =
  | { readonly kind: 'video'; readonly payload: PicturePayload }
  | { readonly kind: 'audio'; readonly payload: SoundPayload };

/** A stream of RTP that is taken. */
export type Format = Coded & {
  readonly payloadType: number;
  /** Of its timestamps, in Hz. */
  readonly clockRate: number;
};

export type ReadFormat =
  | { readonly kind: 'format'; readonly format: Format }
  /** One line for the publisher. */
  | { readonly kind: 'refused'; readonly reason: string };

const refused = (reason: string) => ({ kind: 'refused', reason }) as const;

/** Static payload type of MPEG audio (RFC 3551 §6 table 4). */
export const MPEG_AUDIO = 14;

/** Names of the static ones that cameras use, for the reason why they are refused. */
const STATIC_NAMES: Readonly<Record<number, string>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722', 26: 'JPEG' };

/** What the first payload type of a media description means. */
export function readFormat({ kind, formats }: Media): ReadFormat {
  const [described] = formats;
  if (described === undefined) return refused(`the ${kind} has no payload type`);
  const read = readCoded(described);
  if (read.kind === 'refused') return read;
  const { payloadType, encoding } = described;
  const format = { ...read, payloadType, clockRate: encoding?.clockRate ?? MPEG_RATE };
  return { kind: 'format', format };
}

type ReadCoded = Coded | { readonly kind: 'refused'; readonly reason: string };

function readCoded({ payloadType, encoding, parameters }: Described): ReadCoded {
  if (encoding === null && payloadType === MPEG_AUDIO) return sound({ codec: 'mp3' });
  const name = encoding?.name ?? STATIC_NAMES[payloadType] ?? `payload type ${payloadType}`;
  switch (name.toUpperCase()) {
    case 'H264':
      return readH264(parameters);
    case 'H265':
      return readHevc(parameters);
    case 'VP9':
      return pictures({ codec: 'vp9' });
    case 'AV1':
      return pictures({ codec: 'av1' });
    case 'MPEG4-GENERIC':
      return readGeneric(parameters);
    case 'MP4A-LATM':
      return readLatm(parameters);
    case 'MPA':
      return sound({ codec: 'mp3' });
    case 'OPUS':
      return sound({ codec: 'opus' });
    default:
      return refused(`${name} is not taken: send H.264, HEVC, VP9 or AV1, and AAC, MP3 or Opus`);
  }
}

const pictures = (payload: PicturePayload): ReadCoded => ({ kind: 'video', payload });
const sound = (payload: SoundPayload): ReadCoded => ({ kind: 'audio', payload });

type Parameters = Described['parameters'];

/** RFC 6184 §8.1. */
function readH264(parameters: Parameters): ReadCoded {
  if (parameters.get('packetization-mode') === '2')
    return refused('H.264 in packetization mode 2 (interleaved) is not taken');
  return pictures({ codec: 'h264', parameterSets: setsOf(parameters, 'sprop-parameter-sets') });
}

/** RFC 7798 §7.1. */
function readHevc(parameters: Parameters): ReadCoded {
  const isReordered = Number(parameters.get('sprop-max-don-diff') ?? 0) > 0;
  if (isReordered) return refused('HEVC in another order than that of decoding is not taken');
  const names = ['sprop-vps', 'sprop-sps', 'sprop-pps'];
  const parameterSets = names.flatMap((name) => setsOf(parameters, name));
  return pictures({ codec: 'hevc', parameterSets });
}

/** NAL units in Base64, between commas. They may come in the stream as well, so those that can't be read are left out. */
const setsOf = (parameters: Parameters, name: string): readonly Uint8Array[] =>
  (parameters.get(name) ?? '')
    .split(',')
    .map(fromBase64)
    .filter((unit) => unit !== null)
    .filter((unit) => unit.byteLength > 0);

/** RFC 3640 §4.1. */
function readGeneric(parameters: Parameters): ReadCoded {
  const mode = parameters.get('mode')?.toLowerCase() ?? 'aac-hbr';
  if (mode !== 'aac-hbr' && mode !== 'aac-lbr')
    return refused('MPEG-4 audio in another mode than AAC-hbr is not taken');
  const config = fromHex(parameters.get('config') ?? '');
  if (config === null || !isAac(config)) return refused('the AAC has no config that can be read');
  const bits = (name: string, usual: number) => Number(parameters.get(name) ?? usual);
  const sizes = {
    size: bits('sizelength', HIGH_BIT_RATE.size),
    index: bits('indexlength', HIGH_BIT_RATE.index),
    indexDelta: bits('indexdeltalength', HIGH_BIT_RATE.indexDelta),
  };
  const arePossible = Object.values(sizes).every((size) => Number.isInteger(size) && size >= 0 && size <= 16);
  if (!arePossible || sizes.size === 0) return refused('the AAC has headers that can not be read');
  return sound({ codec: 'aac', config, sizes });
}

/** RFC 6416 §7.1. */
function readLatm(parameters: Parameters): ReadCoded {
  if (parameters.get('cpresent') !== '0')
    return refused('MP4A-LATM with its configuration in the stream is not taken: send mpeg4-generic');
  const mux = fromHex(parameters.get('config') ?? '');
  const config = mux && readLatmConfig(mux);
  if (config === null || !isAac(config))
    return refused('the LATM has no config that can be read: send mpeg4-generic');
  return sound({ codec: 'latm', config });
}

const readLatmConfig = (mux: Uint8Array) => attempt(() => readConfig(mux));
const isAac = (config: Uint8Array) => attempt(() => readStream(config)) !== null;

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}
