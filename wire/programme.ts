import { z } from 'zod';
import { PresentationId } from './ids.ts';

export const VideoCodec = z.enum(['h264', 'hevc', 'vp9', 'av1']);
export type VideoCodec = z.infer<typeof VideoCodec>;

export const AudioCodec = z.enum(['aac', 'mp3', 'opus']);
export type AudioCodec = z.infer<typeof AudioCodec>;

/** What the pictures and the sound of a source are encoded in; `none` leaves its sound out. */
const Codecs = z.object({
  videoCodec: VideoCodec.default('h264'),
  audioCodec: z.enum([...AudioCodec.options, 'none']).default('aac'),
});
export type Codecs = Readonly<z.infer<typeof Codecs>>;

/** A film to package once and keep. */
const Vod = z.object({
  kind: z.literal('vod'),
  id: PresentationId,
  title: z.string().min(1).max(200),
  /** Path of the source. */
  file: z.string().min(1),
  ladder: z.enum(['film', 'light']).default('film'),
  ...Codecs.shape,
});
export type Vod = Readonly<z.infer<typeof Vod>>;

/** A channel that runs for as long as the origin does. */
const Live = z.object({
  kind: z.literal('live'),
  id: PresentationId,
  title: z.string().min(1).max(200),
  /** Path of a file that is played in a loop, in real time. */
  loop: z.string().min(1),
  /** Burns the wall-clock time into the picture. */
  clock: z.boolean().default(false),
  ladder: z.enum(['film', 'light']).default('light'),
  ...Codecs.shape,
  windowMs: z.int().min(10_000).max(86_400_000).default(60_000),
  segmentMs: z.int().min(1_000).max(10_000).default(2_000),
  chunkMs: z.int().min(200).max(1_000).default(500),
});
export type Live = Readonly<z.infer<typeof Live>>;

/** What an origin is told to present. */
export const Programme = z.object({
  presentations: z.array(z.discriminatedUnion('kind', [Vod, Live])).max(1_000),
});
export type Programme = Readonly<z.infer<typeof Programme>>;
