import { AV1C_BYTES, readSize as readAv1Size } from '../codecs/av1-sequence.ts';
import { readConfiguration } from '../codecs/avc.ts';
import { readSize as readAvcSize, type Size } from '../codecs/avc-sps.ts';
import { writeVisual } from '../codecs/entry-writer.ts';
import { readRecordSize } from '../codecs/hevc-sps.ts';
import { readSize as readVp9Size } from '../codecs/vp9-header.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import type { Sample } from '../sample.ts';
import type { Milliseconds, Ticks } from '../time.ts';
import type { VideoCodec } from './video.ts';

export const VIDEO_ID = 1;

/** Divides milliseconds and the frame rates in use. */
const TIMESCALE = 90_000;
const TICKS_PER_MS = TIMESCALE / 1000;

/** Until a second picture came: 30 a second. Packaging replaces it. */
const FIRST_DURATION: Ticks = TIMESCALE / 30;

export type VideoConfiguration = { readonly codec: VideoCodec; readonly bytes: Uint8Array };

/** A picture as its tag gave it. */
export type Picture = {
  readonly timeMs: Milliseconds;
  readonly compositionMs: Milliseconds;
  readonly sync: boolean;
  readonly data: Uint8Array;
};

/**
 * The size of the pictures, from the configuration or, where that does not say it, from a key frame; null when it
 * takes a key frame that has not come. Throws MalformedBox.
 */
export function sizeOf({ codec, bytes }: VideoConfiguration, key: Uint8Array | null): Size | null {
  switch (codec) {
    case 'avc1': {
      const [sps] = readConfiguration(bytes).parameterSets;
      return sps === undefined ? null : readAvcSize(sps);
    }
    case 'hvc1':
      return readRecordSize(bytes);
    case 'av01':
      return readAv1Size(bytes.subarray(AV1C_BYTES)) ?? (key && readAv1Size(key));
    case 'vp09':
      return key && readVp9Size(key);
  }
}

export const videoTrack = ({ codec, bytes }: VideoConfiguration, size: Size): MovieTrack => ({
  id: VIDEO_ID,
  handler: 'vide',
  timescale: TIMESCALE,
  mediaTime: 0,
  sampleEntry: writeVisual({ type: codec, ...size, configuration: bytes }),
  defaults: { duration: FIRST_DURATION, size: 0, flags: 0 },
});

/** Gives pictures their times in ticks. */
export class VideoTimes {
  #last: Ticks | null = null;

  /**
   * The sample of the next picture. Decode times have to rise: one that does not lies a tick behind the last, and is
   * shown when it should be all the same.
   */
  sample({ timeMs, compositionMs, sync, data }: Picture): Sample {
    const due = timeMs * TICKS_PER_MS;
    const last = this.#last;
    const dts = last === null ? due : Math.max(due, last + 1);
    this.#last = dts;
    const compositionOffset = due + compositionMs * TICKS_PER_MS - dts;
    return { dts, compositionOffset, duration: last === null ? FIRST_DURATION : dts - last, sync, data };
  }
}
