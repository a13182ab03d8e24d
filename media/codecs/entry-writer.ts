import { box, u16, u32 } from '../isobmff/writer.ts';
import { MPEG1_AUDIO, MPEG4_AUDIO } from './mpeg4-audio.ts';

/** What a picture's sample entry says. */
export type VisualEntry = {
  readonly type: 'avc1' | 'hvc1' | 'vp09' | 'av01';
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The body of its configuration box. */
  readonly configuration: Uint8Array;
};

/** What a sound's sample entry says. */
export type AudioEntry = {
  readonly type: 'mp4a' | 'Opus';
  readonly channels: number;
  /** Hz; 48,000 for Opus. */
  readonly sampleRate: number;
  /** The body of its configuration box, the version and flags of an `esds` included. */
  readonly configuration: Uint8Array;
};

const CONFIGURATIONS = {
  avc1: 'avcC',
  hvc1: 'hvcC',
  vp09: 'vpcC',
  av01: 'av1C',
  mp4a: 'esds',
  Opus: 'dOps',
} as const;

/** Reserved bytes, and the data reference 1 (ISO/IEC 14496-12 §8.5.2.2). */
const HEAD = u16(0, 0, 0, 1);

/** 72 dots an inch, 16.16 fixed point. */
const RESOLUTION = 0x48_0000;

/** A VisualSampleEntry (ISO/IEC 14496-12 §12.1.3) with its configuration box. */
export const writeVisual = ({ type, width, height, configuration }: VisualEntry): Uint8Array =>
  box(
    type,
    HEAD,
    u32(0, 0, 0, 0),
    u16(width, height),
    u32(RESOLUTION, RESOLUTION, 0),
    u16(1),
    new Uint8Array(32),
    u16(0x18, 0xffff),
    box(CONFIGURATIONS[type], configuration),
  );

/** An AudioSampleEntry (ISO/IEC 14496-12 §12.2.3) with its configuration box. The rate is 16.16 fixed point. */
export const writeAudio = ({ type, channels, sampleRate, configuration }: AudioEntry): Uint8Array =>
  box(
    type,
    HEAD,
    u32(0, 0),
    u16(channels, 16, 0, 0, Math.min(sampleRate, 0xffff), 0),
    box(CONFIGURATIONS[type], configuration),
  );

/** The `esds` of AAC, version and flags included (ISO/IEC 14496-1 §7.2.6.5, ISO/IEC 14496-14 §3.1.2). */
export const writeAacConfiguration = (audioSpecificConfig: Uint8Array): Uint8Array =>
  writeElementary(MPEG4_AUDIO, descriptor(0x05, audioSpecificConfig));

/** The `esds` of MP3, which describes itself in each frame. */
export const writeMp3Configuration = (): Uint8Array => writeElementary(MPEG1_AUDIO);

function writeElementary(objectType: number, ...specific: readonly Uint8Array[]): Uint8Array {
  // An audio stream; buffer and bit rates are not known.
  const config = descriptor(0x04, new Uint8Array([objectType, 0x15, ...new Uint8Array(11)]), ...specific);
  const predefined = descriptor(0x06, new Uint8Array([2]));
  const es = descriptor(0x03, u16(0), new Uint8Array([0]), config, predefined);
  return new Uint8Array([0, 0, 0, 0, ...es]);
}

/** ISO/IEC 14496-1 §8.3.3; the bodies written here are shorter than 128 bytes. */
function descriptor(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = parts.flatMap((part) => [...part]);
  return new Uint8Array([tag, body.length, ...body]);
}
