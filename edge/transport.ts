import { MalformedBox } from '../media/isobmff/box.ts';
import { isCarried } from '../media/mpegts/carriage.ts';
import { toTransportStream } from '../media/mpegts/segment.ts';
import { bytesAtMost } from '../media/mpegts/size.ts';
import { toSeconds } from '../media/time.ts';
import type { Segment, Timeline } from '../media/timeline.ts';
import type { MediaPath } from '../wire/paths.ts';
import type { Presentation, Track } from '../wire/presentation.ts';
import { bytesOf, type Stored } from './stored.ts';

/** Whether a path leads to MPEG-TS. */
export const isTransport = ({ kind }: MediaPath) =>
  kind === 'ts' || kind === 'ts-playlist' || kind === 'ts-multivariant';

/** The codec that keeps a presentation from being sent in MPEG-TS; null when none does. */
export const uncarried = ({ tracks }: Presentation): string | null =>
  tracks.find(({ media }) => !isCarried(media.codec))?.media.codec ?? null;

/** A segment of CMAF in MPEG-TS; null when it can't be made. */
export async function convert(
  init: Stored,
  segment: Stored,
  number: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const [head, body] = await Promise.all([bytesOf(init), bytesOf(segment)]);
  try {
    return toTransportStream(head, body, number);
  } catch (error) {
    if (error instanceof MalformedBox) return null;
    throw error;
  }
}

/** A track's segments with the sizes that they have in MPEG-TS at most. */
export function transportSegments({ media }: Track, { segments, timescale }: Timeline): readonly Segment[] {
  const framesPerSecond = media.kind === 'video' ? media.frameRate.num / media.frameRate.den : 0;
  return segments.map((segment) => {
    const size = bytesAtMost(segment.size, toSeconds(segment.duration, timescale), framesPerSecond);
    return { ...segment, size };
  });
}
