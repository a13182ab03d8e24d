import * as Avc from '../codecs/avc.ts';
import * as Mpeg4Audio from '../codecs/mpeg4-audio.ts';
import * as SampleEntry from '../codecs/sample-entry.ts';
import { MalformedBox } from '../isobmff/box.ts';
import type { Sample } from '../sample.ts';
import { adtsHeader, FRAME_MAX_BYTES, readStream } from './adts.ts';
import { byteStream } from './annex-b.ts';
import { AUDIO_STREAM, VIDEO_STREAM } from './pes.ts';
import { STREAM_TYPES } from './section.ts';

/** How a transport stream carries a coding. */
export type Carriage = {
  readonly streamType: number;
  readonly streamId: number;
  /** Samples in one PES packet, at most. */
  readonly samplesMax: number;
  /** A sample as the coding's own byte stream. Throws MalformedBox. */
  readonly frame: (sample: Sample) => readonly Uint8Array[];
};

/** As many of the longest frames as a PES packet has a length for. */
const SOUNDS_MAX = 7;

/** Whether a codec, by its codec string, has a form in a transport stream here: H.264, AAC and MP3. */
export const isCarried = (codec: string) => /^(avc[13]\.|mp4a\.40\.(1|2|3|4|5|29|34)$)/.test(codec);

/** Null for a coding that is not carried. Throws MalformedBox. */
export function carriageOf(sampleEntry: Uint8Array): Carriage | null {
  const entry = SampleEntry.read(sampleEntry);
  switch (entry?.type) {
    case 'avc1':
    case 'avc3':
      return ofAvc(entry.configuration);
    case 'mp4a':
      return ofAudio(Mpeg4Audio.readConfig(entry.configuration));
    default:
      return null;
  }
}

function ofAvc(avcC: Uint8Array): Carriage {
  const configuration = Avc.readConfiguration(avcC);
  const frame = (sample: Sample) => byteStream(sample, configuration);
  return { streamType: STREAM_TYPES.avc, streamId: VIDEO_STREAM, samplesMax: 1, frame };
}

function ofAudio({ objectType, specific }: Mpeg4Audio.Config): Carriage | null {
  const sound = { streamId: AUDIO_STREAM, samplesMax: SOUNDS_MAX };
  if (Mpeg4Audio.isMp3(objectType)) {
    const isMpeg1 = objectType === Mpeg4Audio.MPEG1_AUDIO;
    return {
      ...sound,
      streamType: isMpeg1 ? STREAM_TYPES.mpeg1Audio : STREAM_TYPES.mpeg2Audio,
      frame: mp3Frame,
    };
  }
  const stream = specific === null ? null : readStream(specific);
  if (stream === null) return null;
  const frame = ({ data }: Sample) => [adtsHeader(stream, data.byteLength), data];
  return { ...sound, streamType: STREAM_TYPES.adts, frame };
}

function mp3Frame({ data }: Sample): readonly Uint8Array[] {
  if (data.byteLength > FRAME_MAX_BYTES)
    throw new MalformedBox('mdat', `a frame of ${data.byteLength} bytes of MP3`);
  return [data];
}
