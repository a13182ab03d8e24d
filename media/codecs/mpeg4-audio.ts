import { MalformedBox } from '../isobmff/box.ts';

/** Descriptor tags (ISO/IEC 14496-1 §7.2.2.1). */
const ES = 0x03;
const DECODER_CONFIG = 0x04;
const DECODER_SPECIFIC = 0x05;

/** Object type indications (ISO/IEC 14496-1 table 5): MPEG-1 audio, and MPEG-2 audio with its half rates. */
export const MPEG4_AUDIO = 0x40;
export const MPEG1_AUDIO = 0x6b;
const MPEG2_AUDIO = 0x69;

/**
 * Layer 3 as an audio object type of MPEG-4 (ISO/IEC 14496-3 table 1.17). The `esds` names MP3 by its object type
 * indication, for which RFC 6381 would print `mp4a.6b`; but Apple lists `mp4a.40.34` for HLS, ffmpeg's HLS muxer
 * writes it, and hls.js and Shaka know MP3 by that alone.
 */
const MP3 = 'mp4a.40.34';

type Descriptor = { readonly tag: number; readonly body: Uint8Array };

/**
 * The codec string of an `esds` (RFC 6381 §3.3): `mp4a.40.2` for AAC-LC, `mp4a.40.5` for HE-AAC, `mp4a.40.34` for MP3.
 */
export function codec(esds: Uint8Array): string {
  const { objectType, specific } = readConfig(esds);
  if (isMp3(objectType)) return MP3;
  if (objectType !== MPEG4_AUDIO) return `mp4a.${objectType.toString(16)}`;
  if (specific === null) throw new MalformedBox('esds', 'does not say which MPEG-4 audio');
  return `mp4a.40.${audioObjectType(specific)}`;
}

/** What an `esds` says of its decoder. */
export type Config = {
  readonly objectType: number;
  /** An AudioSpecificConfig where the object type is MPEG-4 audio; null when there is none. */
  readonly specific: Uint8Array | null;
};

/** Reads the body of an `esds`, its version and flags included. Throws MalformedBox. */
export function readConfig(esds: Uint8Array): Config {
  const es = need(readAll(esds.subarray(4)), ES);
  const config = need(readAll(es.subarray(elementaryHeaderBytes(es))), DECODER_CONFIG);
  const specific = readAll(config.subarray(13)).find(({ tag }) => tag === DECODER_SPECIFIC);
  return { objectType: config[0] ?? 0, specific: specific?.body ?? null };
}

export const isMp3 = (objectType: number) => objectType === MPEG1_AUDIO || objectType === MPEG2_AUDIO;

/** ISO/IEC 14496-1 §7.2.6.5: id, flags, and what the flags announce. */
function elementaryHeaderBytes(es: Uint8Array): number {
  const flags = es[2] ?? 0;
  const url = 3 + (flags & 0x80 ? 2 : 0);
  const clock = flags & 0x40 ? url + 1 + (es[url] ?? 0) : url;
  return clock + (flags & 0x20 ? 2 : 0);
}

/** ISO/IEC 14496-3 §1.6.2.1: five bits, or 31 and six more. */
function audioObjectType(specific: Uint8Array): number {
  const first = specific[0] ?? 0;
  const type = first >> 3;
  if (type !== 31) return type;
  return 32 + (((first & 0x7) << 3) | ((specific[1] ?? 0) >> 5));
}

function need(descriptors: readonly Descriptor[], tag: number): Uint8Array {
  const found = descriptors.find((descriptor) => descriptor.tag === tag);
  if (found === undefined) throw new MalformedBox('esds', `has no descriptor ${tag}`);
  return found.body;
}

/** §8.3.3: a tag, a length of up to four 7-bit groups, the body. What follows a cut one is left out. */
function readAll(bytes: Uint8Array): Descriptor[] {
  const found: Descriptor[] = [];
  for (let at = 0; at + 2 <= bytes.byteLength; ) {
    const tag = bytes[at] ?? 0;
    let length = 0;
    let group = 0x80;
    at += 1;
    for (let count = 0; count < 4 && group & 0x80; count++) {
      group = bytes[at] ?? 0;
      length = (length << 7) | (group & 0x7f);
      at += 1;
    }
    found.push({ tag, body: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}
