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

/** Describes a sample entry; null for a codec that this version does not package. Throws MalformedBox. */
export function describe(entry: Uint8Array): Description | null {
  const box = readHeader(entry, 0);
  if (box === null || box.end > entry.byteLength) throw new MalformedBox('stsd', 'entry cut short');
  switch (box.type) {
    case 'avc1':
    case 'avc3':
      return video(entry, box, Avc.codec(box.type, visual(entry, box, 'avcC')));
    case 'hvc1':
    case 'hev1':
      return video(entry, box, Hevc.codec(box.type, visual(entry, box, 'hvcC')));
    case 'vp09':
      return video(entry, box, Vp9.codec(visual(entry, box, 'vpcC')));
    case 'av01':
      return video(entry, box, Av1.codec(visual(entry, box, 'av1C'), colour(entry, box)));
    case 'mp4a':
      return audio(entry, box, Mpeg4Audio.codec(audible(entry, box, 'esds')));
    case 'Opus':
      return audio(entry, box, Opus.codec(audible(entry, box, 'dOps')));
    default:
      return null;
  }
}

function video(entry: Uint8Array, { body }: Box, codec: string): Description {
  const view = viewOf(entry);
  return { kind: 'video', codec, width: view.getUint16(body + 24), height: view.getUint16(body + 26) };
}

/** The rate is 16.16 fixed point. */
function audio(entry: Uint8Array, { body }: Box, codec: string): Description {
  const view = viewOf(entry);
  return { kind: 'audio', codec, channels: view.getUint16(body + 16), sampleRate: view.getUint16(body + 24) };
}

function colour(entry: Uint8Array, box: Box): Colour | null {
  const colr = part(entry, box, VISUAL_BYTES, 'colr');
  return colr === null ? null : readColour(colr);
}

const visual = (entry: Uint8Array, box: Box, type: string) => need(entry, box, VISUAL_BYTES, type);
const audible = (entry: Uint8Array, box: Box, type: string) => need(entry, box, AUDIO_BYTES, type);

function need(entry: Uint8Array, box: Box, fixedBytes: number, type: string): Uint8Array {
  const found = part(entry, box, fixedBytes, type);
  if (found === null) throw new MalformedBox(box.type, `has no ${type}`);
  return found;
}

function part(entry: Uint8Array, box: Box, fixedBytes: number, type: string): Uint8Array | null {
  const found = children(entry, box.body + fixedBytes, box.end).find((child) => child.type === type);
  return found === undefined ? null : entry.subarray(found.body, found.end);
}
