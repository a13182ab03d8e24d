import { z } from 'zod';
import { type Segment, Timeline } from '../media/timeline.ts';
import { Epoch } from './ids.ts';
import { read } from './message.ts';

/** What a timeline is measured in; every message says it, so that each can be understood alone. */
const shape = {
  /** Ticks a second. */
  timescale: z.int().positive(),
  /** How far back the timeline reaches; 0 keeps everything. */
  windowMs: z.int().nonnegative(),
};

const Chunk = z.object({
  /** Ticks. */
  duration: z.int().positive(),
  /** Bytes. */
  size: z.int().positive(),
  independent: z.boolean(),
});

/** A segment that still grows, but for its chunks. */
const Head = z.object({
  epoch: Epoch,
  discontinuity: z.int().nonnegative(),
  number: z.int().nonnegative(),
  time: z.int().nonnegative(),
  independent: z.boolean(),
  wallClockMs: z.number(),
  keySize: z.int().positive().exactOptional(),
});

/** A chunk that can be fetched, all but the last of its segment: that comes with the segment. */
export const ChunkAnnounced = z.object({
  type: z.literal('chunk'),
  ...shape,
  head: Head,
  /** Counts the chunks of a segment from 0. */
  index: z.int().nonnegative(),
  chunk: Chunk,
});
export type ChunkAnnounced = Readonly<z.infer<typeof ChunkAnnounced>>;

/** A segment, announced when all its bytes can be fetched. */
export const SegmentAnnounced = z.object({
  type: z.literal('segment'),
  ...shape,
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
  /** Bytes from its start to the end of its first sample, where that is a key frame. */
  keySize: z.int().positive().exactOptional(),
  /** Its last chunk, when it was announced chunk by chunk. */
  lastChunk: Chunk.exactOptional(),
});
export type SegmentAnnounced = Readonly<z.infer<typeof SegmentAnnounced>>;

/**
 * Whole numbers from a least one up. Checked in one loop: a snapshot of a day holds hundreds of thousands, and a schema
 * for each would hold up viewers.
 */
const wholeNumbers = (least: number) =>
  z.custom<number[]>(
    (value) => Array.isArray(value) && value.every((one) => Number.isSafeInteger(one) && one >= least),
    `whole numbers from ${least}`,
  );

/** A run of segments in which each starts where the one before it ends. */
const Run = z
  .object({
    epoch: Epoch,
    discontinuity: z.int().nonnegative(),
    /** Of its first segment. */
    number: z.int().nonnegative(),
    time: z.int().nonnegative(),
    /** Wall clock at media time 0, as far as this run goes by it. */
    anchorMs: z.number(),
    durations: wholeNumbers(1),
    /** As many as there are durations. */
    sizes: wholeNumbers(1),
    /** Offsets in the run of the segments that are not independent; usually empty. */
    dependent: wholeNumbers(0),
    /** Of each segment, 0 where it has none; absent when none has. */
    keySizes: wholeNumbers(0).exactOptional(),
  })
  .refine(
    ({ durations, sizes }) => durations.length === sizes.length,
    'each segment has a duration and a size',
  );
export type Run = Readonly<z.infer<typeof Run>>;

/** The whole timeline so far: who comes late starts from the last one on the subject. */
export const Snapshot = z.object({
  type: z.literal('snapshot'),
  ...shape,
  runs: z.array(Run),
  /** The segment that still grows. */
  open: Head.extend({ chunks: z.array(Chunk).min(1) })
    .nullable()
    .default(null),
  /** The chunks of the last segments, by number. */
  chunks: z.array(z.tuple([z.int().nonnegative(), z.array(Chunk)])).default([]),
  /** Nothing will be appended: the presentation is complete. */
  ended: z.boolean(),
  /** Set when these are not all runs: a long snapshot is said in several messages, one after another. */
  part: z.object({ index: z.int().nonnegative(), of: z.int().positive() }).exactOptional(),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** What is said on a track's timeline subject. */
export const TimelineMessage = z.discriminatedUnion('type', [ChunkAnnounced, SegmentAnnounced, Snapshot]);
export type TimelineMessage = Readonly<z.infer<typeof TimelineMessage>>;

const millisecondsOf = (time: number, timescale: number) => (time / timescale) * 1000;

const keySizeAt = ({ keySizes }: Run, index: number) => {
  const keySize = keySizes?.[index] ?? 0;
  return keySize === 0 ? {} : { keySize };
};

/** The segments that a snapshot stands for. */
export function expand({ runs }: Pick<Snapshot, 'runs'>, timescale: number): Segment[] {
  return runs.flatMap((run) => {
    const dependent = new Set(run.dependent);
    let time = run.time;
    return run.durations.map((duration, index) => {
      const segment: Segment = {
        epoch: run.epoch,
        discontinuity: run.discontinuity,
        number: run.number + index,
        time,
        duration,
        size: run.sizes[index] ?? 0,
        independent: !dependent.has(index),
        wallClockMs: Math.round(run.anchorMs + millisecondsOf(time, timescale)),
        ...keySizeAt(run, index),
      };
      time += duration;
      return segment;
    });
  });
}

/** A run that may go on, and the anchors that all its wall-clock times are rounded from: `low` to below `high`. */
type OpenRun = {
  readonly first: Segment;
  readonly segments: Segment[];
  low: number;
  high: number;
};

/** The fewest runs that `expand` turns back into the same segments. */
export function compact(segments: readonly Segment[], timescale: number): Run[] {
  const runs: OpenRun[] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    if (run === undefined || !goesOn(run, segment, timescale)) runs.push(openRun(segment, timescale));
  }
  return runs.map(closeRun);
}

function openRun(first: Segment, timescale: number): OpenRun {
  const anchor = anchorOf(first, timescale);
  return { first, segments: [first], low: anchor - 0.5, high: anchor + 0.5 };
}

const anchorOf = ({ wallClockMs, time }: Segment, timescale: number) =>
  wallClockMs - millisecondsOf(time, timescale);

/** Adds a segment to a run that it continues; false when it does not. */
function goesOn(run: OpenRun, segment: Segment, timescale: number): boolean {
  const last = run.segments.at(-1) ?? run.first;
  const anchor = anchorOf(segment, timescale);
  const low = Math.max(run.low, anchor - 0.5);
  const high = Math.min(run.high, anchor + 0.5);
  const follows =
    last.epoch === segment.epoch &&
    last.discontinuity === segment.discontinuity &&
    last.number + 1 === segment.number &&
    last.time + last.duration === segment.time &&
    (last.keySize === undefined) === (segment.keySize === undefined);
  if (!follows || high - low < ROUNDING_MS) return false;
  run.segments.push(segment);
  run.low = low;
  run.high = high;
  return true;
}

/** Anchors closer than this can't be told apart: the numbers of today's milliseconds have this much left. */
const ROUNDING_MS = 1e-2;

function closeRun({ first, segments, low, high }: OpenRun): Run {
  const sizes = segments.map(({ keySize }) => keySize ?? 0);
  return {
    epoch: Epoch.parse(first.epoch),
    discontinuity: first.discontinuity,
    number: first.number,
    time: first.time,
    anchorMs: (low + high) / 2,
    durations: segments.map(({ duration }) => duration),
    sizes: segments.map(({ size }) => size),
    dependent: segments.flatMap(({ independent }, index) => (independent ? [] : [index])),
    ...(first.keySize === undefined ? {} : { keySizes: sizes }),
  };
}

/** The message that tells all of a timeline. */
export const snapshotOf = ({ timescale, windowMs, segments, ended, recent }: Timeline): Snapshot => ({
  type: 'snapshot',
  timescale,
  windowMs,
  runs: compact(segments, timescale),
  open: recent.open && {
    ...recent.open,
    epoch: Epoch.parse(recent.open.epoch),
    chunks: [...recent.open.chunks],
  },
  chunks: recent.chunks.map(([number, chunks]) => [number, [...chunks]]),
  ended,
});

/** True when something was said between what a timeline knows and a message, and was not heard. */
export function hasMissed(current: Timeline | null, message: TimelineMessage): boolean {
  if (message.type === 'snapshot') return false;
  const last = current?.last?.number ?? null;
  const number = message.type === 'chunk' ? message.head.number : message.number;
  if (last !== null && number <= last) return false;
  if (last !== null && number > last + 1) return true;
  if (message.type === 'segment') return message.lastChunk !== undefined && isPartOf(current, message);
  return message.index > (current?.open?.number === number ? current.open.chunks.length : 0);
}

/** The chunks before the last one are not all there. */
function isPartOf(current: Timeline | null, { number, size, lastChunk }: SegmentAnnounced): boolean {
  const before = current?.open?.number === number ? current.open.chunks : [];
  return before.reduce((sum, chunk) => sum + chunk.size, lastChunk?.size ?? 0) !== size;
}

/**
 * The timeline after a message: `current` brought up to it, or a new one where the message is of another shape. Parts of
 * snapshots are put together before (`parts.ts`).
 */
export function receive(current: Timeline | null, message: TimelineMessage): Timeline {
  const { timescale, windowMs } = message;
  const fits = current?.timescale === timescale && current.windowMs === windowMs;
  const timeline = fits ? current : new Timeline(timescale, windowMs, (current?.revision ?? -1) + 1);
  switch (message.type) {
    case 'chunk':
      timeline.grow(message.head, message.index, message.chunk);
      break;
    case 'segment':
      timeline.append(segmentOf(message), message.lastChunk);
      break;
    case 'snapshot':
      timeline.restore(expand(message, timescale), message.ended, message);
      break;
  }
  return timeline;
}

/** Without what every message repeats: a timeline keeps thousands of these. */
const segmentOf = ({ type, timescale, windowMs, lastChunk, ...segment }: SegmentAnnounced): Segment =>
  segment;

/** Reads a message; null when it is none. */
export const parseMessage = (data: Uint8Array): TimelineMessage | null => read(TimelineMessage, data);
