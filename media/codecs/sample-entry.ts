import { type Box, children, MalformedBox, readHeader, viewOf } from '../isobmff/box.ts';
import * as Av1 from './av1.ts';
import * as Avc from './avc.ts';
import { type Colour, readColour } from './colour.ts';
import * as Hevc from './hevc.ts';
import * as Mpeg4Audio from './mpeg4-audio.ts';
import * as Opus from './opus.ts';
import * as Vp9 from './vp9.ts';

/** What a sample entry says that a manifest repeats. */
export type Description =
  | { readonly kind: 'video'; readonly codec: string; readonly width: number; readonly height: number }
  | {
      readonly kind: 'audio';
      readonly codec: string;
      readonly channels: number;
      readonly sampleRate: number;
    };

/** Bytes of a VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) and an AudioSampleEntry (§12.2.3) before their boxes. */
const VISUAL_BYTES = 78;
const AUDIO_BYTES = 28;

/** The sample entries that are packaged, and the box that configures the decoder of each. */
const CONFIGURATIONS = {
  avc1: [VISUAL_BYTES, 'avcC'],
  avc3: [VISUAL_BYTES, 'avcC'],
  hvc1: [VISUAL_BYTES, 'hvcC'],
  hev1: [VISUAL_BYTES, 'hvcC'],
  vp09: [VISUAL_BYTES, 'vpcC'],
  av01: [VISUAL_BYTES, 'av1C'],
  mp4a: [AUDIO_BYTES, 'esds'],
  Opus: [AUDIO_BYTES, 'dOps'],
} as const;

type Type = keyof typeof CONFIGURATIONS;

export type SampleEntry = {
  readonly type: Type;
  readonly box: Box;
  /** The body of the configuration box. */
  readonly configuration: Uint8Array;
};

/** Reads a sample entry; null for a codec that this version does not package. Throws MalformedBox. */
export function read(entry: Uint8Array): SampleEntry | null {
  const box = readHeader(entry, 0);
  if (box === null || box.end > entry.byteLength) throw new MalformedBox('stsd', 'entry cut short');
  if (!isType(box.type)) return null;
  const [fixedBytes, name] = CONFIGURATIONS[box.type];
  const configuration = part(entry, box, fixedBytes, name);
  if (configuration === null) throw new MalformedBox(box.type, `has no ${name}`);
  return { type: box.type, box, configuration };
}

const isType = (type: string): type is Type => Object.hasOwn(CONFIGURATIONS, type);

/** Describes a sample entry; null for a codec that this version does not package. Throws MalformedBox. */
export function describe(entry: Uint8Array): Description | null {
  const found = read(entry);
  if (found === null) return null;
  const { type, box, configuration } = found;
  switch (type) {
    case 'avc1':
    case 'avc3':
      return video(entry, Avc.codec(type, configuration));
    case 'hvc1':
    case 'hev1':
      return video(entry, Hevc.codec(type, configuration));
    case 'vp09':
      return video(entry, Vp9.codec(configuration));
    case 'av01':
      return video(entry, Av1.codec(configuration, colour(entry, box)));
    case 'mp4a':
      return audio(entry, box, Mpeg4Audio.codec(configuration));
    case 'Opus':
      return audio(entry, box, Opus.codec(configuration));
  }
}

const video = (entry: Uint8Array, codec: string): Description => ({
  kind: 'video',
  codec,
  ...sizeOf(entry),
});

/** The rate is 16.16 fixed point. */
function audio(entry: Uint8Array, { body }: Box, codec: string): Description {
  const sampleRate = viewOf(entry).getUint16(body + 24);
  return { kind: 'audio', codec, channels: channelsOf(entry), sampleRate };
}

/** The pixels of a picture's sample entry, whatever its codec. Throws MalformedBox. */
export function sizeOf(entry: Uint8Array): { readonly width: number; readonly height: number } {
  const view = fixedPart(entry, VISUAL_BYTES);
  return { width: view.getUint16(24), height: view.getUint16(26) };
}

/** The channels of a sound's sample entry, whatever its codec. Throws MalformedBox. */
export const channelsOf = (entry: Uint8Array): number => fixedPart(entry, AUDIO_BYTES).getUint16(16);

function fixedPart(entry: Uint8Array, bytes: number): DataView {
  const box = readHeader(entry, 0);
  if (box === null || box.body + bytes > entry.byteLength) throw new MalformedBox('stsd', 'entry cut short');
  return viewOf(entry.subarray(box.body, box.body + bytes));
}

function colour(entry: Uint8Array, box: Box): Colour | null {
  const colr = part(entry, box, VISUAL_BYTES, 'colr');
  return colr === null ? null : readColour(colr);
}

function part(entry: Uint8Array, box: Box, fixedBytes: number, type: string): Uint8Array | null {
  const found = children(entry, box.body + fixedBytes, box.end).find((child) => child.type === type);
  return found === undefined ? null : entry.subarray(found.body, found.end);
}
