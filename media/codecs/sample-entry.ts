import { type Box, children, MalformedBox, readHeader, viewOf } from '../isobmff/box.ts';
import * as Avc from './avc.ts';
import * as Mpeg4Audio from './mpeg4-audio.ts';

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
      return video(entry, box, Avc.codec(box.type, configuration(entry, box, VISUAL_BYTES, 'avcC')));
    case 'mp4a':
      return audio(entry, box, Mpeg4Audio.codec(configuration(entry, box, AUDIO_BYTES, 'esds')));
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

function configuration(entry: Uint8Array, box: Box, fixedBytes: number, type: string): Uint8Array {
  const found = children(entry, box.body + fixedBytes, box.end).find((child) => child.type === type);
  if (found === undefined) throw new MalformedBox(box.type, `has no ${type}`);
  return entry.subarray(found.body, found.end);
}
