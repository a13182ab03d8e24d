import { z } from 'zod';

/** What a presentation, track or node may be called: it appears in URLs, NATS subjects and file names. */
const name = (what: string) =>
  z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, `${what} is 1 to 64 of a-z, 0-9, _ and -, not starting with _ or -`);

/** A live channel or a vod asset, such as `bbb`. */
export const PresentationId = name('a presentation id').brand<'PresentationId'>();
export type PresentationId = z.infer<typeof PresentationId>;

/** One encoded rendition of a presentation, such as `v720` or `a128`. */
export const TrackId = name('a track id').brand<'TrackId'>();
export type TrackId = z.infer<typeof TrackId>;

/** One uninterrupted run of an encoder. Later epochs sort after earlier ones. */
export const Epoch = z
  .string()
  .regex(/^[0-9a-z]{1,16}$/, 'an epoch is 1 to 16 of a-z and 0-9')
  .brand<'Epoch'>();
export type Epoch = z.infer<typeof Epoch>;

/** The name of a node in the cluster, such as `edge-1`. */
export const NodeId = name('a node id').brand<'NodeId'>();
export type NodeId = z.infer<typeof NodeId>;

/** The epoch that starts at `atMs`, milliseconds since 1970: eight base-36 digits until the year 2059. */
export const epochAt = (atMs: number): Epoch => Epoch.parse(Math.floor(atMs).toString(36));

/** When an epoch started, milliseconds since 1970. */
export const startOf = (epoch: string): number => Number.parseInt(epoch, 36);
