import type { AudioCodec, Codecs, Ladder, VideoCodec } from '../../wire/channel.ts';
import { TrackId } from '../../wire/ids.ts';
import { type Source, Unreadable } from './probe.ts';

export type VideoRendition = {
  readonly kind: 'video';
  readonly id: TrackId;
  readonly codec: VideoCodec;
  /** Pixels; the width follows from the source's shape. */
  readonly height: number;
  /** Upper bound, bits a second. */
  readonly maxBitRate: number;
};

export type AudioRendition = {
  readonly kind: 'audio';
  readonly id: TrackId;
  readonly codec: AudioCodec;
  readonly bitRate: number;
  readonly channels: number;
};

export type Rendition = VideoRendition | AudioRendition;

/** The ladders that renditions are made by. */
export type LadderName = Exclude<Ladder, 'passthrough'>;

/** Rungs from the top: height in pixels, and the bits a second that H.264 may need for it. */
const RUNGS: Readonly<Record<LadderName, readonly (readonly [height: number, maxBitRate: number])[]>> = {
  '1080p': [
    [1080, 5_000_000],
    [720, 2_800_000],
    [480, 1_400_000],
  ],
  mobile: [
    [480, 1_200_000],
    [240, 400_000],
  ],
};

const STEREO_BIT_RATE = 128_000;

const USUAL_CODECS: Codecs = { videoCodec: 'h264', audioCodec: 'aac' };

/**
 * The renditions to make of a source: never larger than it, and one at least for what it holds. Throws Unreadable
 * when nothing is left of it.
 */
export function plan(
  source: Source,
  name: LadderName,
  { videoCodec, audioCodec }: Codecs = USUAL_CODECS,
): readonly Rendition[] {
  const renditions = [...videoRungs(source, name, videoCodec), ...audioRungs(source, audioCodec)];
  if (renditions.length === 0) throw new Unreadable('it holds nothing but sound, which is left out');
  return renditions;
}

function videoRungs({ video }: Source, name: LadderName, codec: VideoCodec): VideoRendition[] {
  if (video === null) return [];
  const rungs = RUNGS[name];
  const fitting = rungs.filter(([height]) => height <= video.height);
  const lowest = rungs.at(-1)?.[1] ?? 0;
  const used = fitting.length > 0 ? fitting : [[even(video.height), lowest] as const];
  return used.map(([height, maxBitRate]) => ({
    kind: 'video',
    id: TrackId.parse(`v${height}`),
    codec,
    height,
    maxBitRate,
  }));
}

function audioRungs({ audio }: Source, codec: Codecs['audioCodec']): AudioRendition[] {
  if (audio === null || codec === 'none') return [];
  return [{ kind: 'audio', id: TrackId.parse('a128'), codec, bitRate: STEREO_BIT_RATE, channels: 2 }];
}

/** 4:2:0 pictures have even sides. */
const even = (pixels: number) => Math.max(2, pixels - (pixels % 2));
