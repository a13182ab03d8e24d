import { z } from 'zod';
import { DEFAULT_OUTPUTS, Output, Protection } from './channel.ts';
import { PresentationId, TrackId } from './ids.ts';

/** What a player must know of a video track before it fetches it. */
const Video = z.object({
  kind: z.literal('video'),
  /** RFC 6381, read from the sample entry. */
  codec: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  /** Frames a second, as a fraction. */
  frameRate: z.object({ num: z.int().positive(), den: z.int().positive() }),
});

const Audio = z.object({
  kind: z.literal('audio'),
  codec: z.string(),
  channels: z.int().positive(),
  /** Hz. */
  sampleRate: z.int().positive(),
  /** BCP 47; `und` when the source does not say. */
  language: z.string(),
});

export const Track = z.object({
  id: TrackId,
  /** Ticks a second of this track's media times. */
  timescale: z.int().positive(),
  media: z.discriminatedUnion('kind', [Video, Audio]),
});
export type Track = Readonly<z.infer<typeof Track>>;

/** One tagged value; `at` and `since` are milliseconds since 1970. */
export const State = z.discriminatedUnion('name', [
  /** VOD whose segments are still being made; `progress` from 0 to 1. */
  z.object({ name: z.literal('packaging'), progress: z.number().min(0).max(1) }),
  z.object({ name: z.literal('ready'), at: z.number() }),
  z.object({ name: z.literal('live'), since: z.number() }),
  /** Live, but for a card that says so while the source is away. */
  z.object({ name: z.literal('slate'), since: z.number(), reason: z.string() }),
  /** Nothing is made while nobody watches: the first viewer starts it. */
  z.object({ name: z.literal('standby'), since: z.number() }),
  z.object({ name: z.literal('offline'), since: z.number(), reason: z.string() }),
  z.object({ name: z.literal('failed'), at: z.number(), reason: z.string() }),
]);
export type State = Readonly<z.infer<typeof State>>;

/** A presentation as the origin describes it to the cluster. */
export const Presentation = z.object({
  id: PresentationId,
  title: z.string(),
  kind: z.enum(['live', 'vod']),
  state: State,
  /** Upper bound of a segment's duration, as players are promised it. */
  targetDurationMs: z.int().positive(),
  /** Upper bound of a chunk's duration; null where segments are announced whole. */
  chunkDurationMs: z.int().positive().nullable().default(null),
  /** How far back a live timeline reaches; 0 for vod, which keeps everything. */
  windowMs: z.int().nonnegative(),
  /** Length of a finished vod. */
  durationMs: z.number().nonnegative().nullable(),
  /** How viewers may have it. */
  outputs: z.array(Output).default([...DEFAULT_OUTPUTS]),
  protection: Protection.default('none'),
  /** SDP of the addresses that it is sent to over RTP, in their order; empty ones while nothing is sent. */
  sdps: z.array(z.string().max(20_000)).max(8).optional(),
  /** Edges say when somebody watches it. */
  onDemand: z.boolean().default(false),
  /** Whether `poster.jpg` can be asked for. */
  poster: z.boolean(),
  tracks: z.array(Track).max(64),
});
export type Presentation = Readonly<z.infer<typeof Presentation>>;

/** True when viewers can be sent to it. */
export const isPlayable = ({ state }: Pick<Presentation, 'state'>): boolean => PLAYABLE[state.name];

const PLAYABLE: Readonly<Record<State['name'], boolean>> = {
  packaging: false,
  ready: true,
  live: true,
  slate: true,
  standby: true,
  offline: false,
  failed: false,
};
