import { turned } from '../../media/isobmff/rotation.ts';
import type { Track } from '../../wire/presentation.ts';
import type { Source } from '../transcode/probe.ts';
import type { EncodedTrack } from './encoded-track.ts';

/** A track as the cluster is told of it. */
export function trackOf({ id, timescale, description, rotation }: EncodedTrack, source: Source): Track {
  if (description.kind === 'audio') {
    const { codec, channels, sampleRate } = description;
    const language = source.audio?.language ?? 'und';
    return { id, timescale, media: { kind: 'audio', codec, channels, sampleRate, language } };
  }
  const { codec } = description;
  const frameRate = source.video?.frameRate ?? { num: 25, den: 1 };
  return { id, timescale, media: { kind: 'video', codec, ...turned(rotation, description), frameRate } };
}
