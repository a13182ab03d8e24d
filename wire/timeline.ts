import { z } from 'zod';
import { Epoch } from './ids.ts';

/** A segment, announced when all its bytes can be fetched. */
export const SegmentAnnounced = z.object({
  type: z.literal('segment'),
  epoch: Epoch,
  /** How many breaks lie between the first epoch of this timeline and this one. */
  discontinuity: z.int().nonnegative(),
  number: z.int().nonnegative(),
  /** Decode time of its first sample, in ticks of the track (ISO/IEC 14496-12 §8.8.12). */
  time: z.int().nonnegative(),
  /** Ticks. */
  duration: z.int().positive(),
  /** Bytes. */
  size: z.int().positive(),
  /** Starts with a sample that needs no other. */
  independent: z.boolean(),
  /** When its first sample was taken, milliseconds since 1970. */
  wallClockMs: z.number(),
});
export type SegmentAnnounced = Readonly<z.infer<typeof SegmentAnnounced>>;

/** A run of segments in which each starts where the one before it ends. */
const Run = z.object({
  epoch: Epoch,
  discontinuity: z.int().nonnegative(),
  /** Of its first segment. */
  number: z.int().nonnegative(),
  time: z.int().nonnegative(),
  wallClockMs: z.number(),
  durations: z.array(z.int().positive()),
  sizes: z.array(z.int().positive()),
  /** Offsets in the run of the segments that are not independent; usually empty. */
  dependent: z.array(z.int().nonnegative()),
});
export type Run = Readonly<z.infer<typeof Run>>;

/** The whole timeline so far. It replaces every message before it on its subject (`Nats-Rollup: sub`). */
export const Snapshot = z.object({
  type: z.literal('snapshot'),
  runs: z.array(Run),
  /** Nothing will be appended: the presentation is complete. */
  ended: z.boolean(),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** What is said on a track's timeline subject. */
export const TimelineMessage = z.discriminatedUnion('type', [SegmentAnnounced, Snapshot]);
export type TimelineMessage = Readonly<z.infer<typeof TimelineMessage>>;
