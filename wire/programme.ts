import { z } from 'zod';
import { ChannelSettings, Codecs, Protection } from './channel.ts';
import { PresentationId } from './ids.ts';

/** A film to package once and keep. */
const Vod = z.object({
  kind: z.literal('vod'),
  id: PresentationId,
  title: z.string().min(1).max(200),
  /** Path of the source. */
  file: z.string().min(1),
  ladder: z.enum(['mobile', '1080p']).default('1080p'),
  ...Codecs.shape,
  protection: Protection.default('none'),
});
export type Vod = Readonly<z.infer<typeof Vod>>;

/** A channel that the origin always has. */
const Live = z.object({ kind: z.literal('live'), ...ChannelSettings.shape });
export type Live = Readonly<z.infer<typeof Live>>;

/** What an origin is told to present from its start. */
export const Programme = z.object({
  presentations: z.array(z.discriminatedUnion('kind', [Vod, Live])).max(1_000),
});
export type Programme = Readonly<z.infer<typeof Programme>>;
