import { z } from 'zod';
import { type Segment, Timeline } from '../media/timeline.ts';
import { Epoch } from './ids.ts';

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

/** A run of segments in which each starts where the one before it ends. */
const Run = z
  .object({
    epoch: Epoch,
    discontinuity: z.int().nonnegative(),
    /** Of its first segment. */
    number: z.int().nonnegative(),
    time: z.int().nonnegative(),
    wallClockMs: z.number(),
    durations: z.array(z.int().positive()),
    /** As many as there are durations. */
    sizes: z.array(z.int().positive()),
    /** Offsets in the run of the segments that are not independent; usually empty. */
    dependent: z.array(z.int().nonnegative()),
    /** Of each segment, 0 where it has none; absent when none has. */
    keySizes: z.array(z.int().nonnegative()).exactOptional(),
  })
  .refine(
    ({ durations, sizes }) => durations.length === sizes.length,
    'each segment has a duration and a size',
  );
export type Run = Readonly<z.infer<typeof Run>>;

/** The whole timeline so far. It replaces every message before it on its subject (`Nats-Rollup: sub`). */
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
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** What is said on a track's timeline subject. */
export const TimelineMessage = z.discriminatedUnion('type', [ChunkAnnounced, SegmentAnnounced, Snapshot]);
export type TimelineMessage = Readonly<z.infer<typeof TimelineMessage>>;

/** When a segment of a run was taken, from when the run was. */
const wallClockAt = (run: Pick<Run, 'time' | 'wallClockMs'>, time: number, timescale: number) =>
  Math.round(run.wallClockMs + ((time - run.time) / timescale) * 1000);

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
        wallClockMs: wallClockAt(run, time, timescale),
        ...keySizeAt(run, index),
      };
      time += duration;
      return segment;
    });
  });
}

type OpenRun = Run & {
  readonly durations: number[];
  readonly sizes: number[];
  readonly dependent: number[];
  readonly keySizes?: number[];
};

/** The fewest runs that `expand` turns back into the same segments. */
export function compact(segments: readonly Segment[], timescale: number): Run[] {
  const runs: OpenRun[] = [];
  let end = 0;
  for (const segment of segments) {
    let run = runs.at(-1);
    if (run === undefined || !continues(run, segment, end, timescale)) {
      run = openRun(segment);
      runs.push(run);
    }
    if (!segment.independent) run.dependent.push(run.durations.length);
    run.durations.push(segment.duration);
    run.sizes.push(segment.size);
    run.keySizes?.push(segment.keySize ?? 0);
    end = segment.time + segment.duration;
  }
  return runs;
}

const continues = (run: Run, segment: Segment, end: number, timescale: number) =>
  run.epoch === segment.epoch &&
  run.discontinuity === segment.discontinuity &&
  (run.keySizes === undefined) === (segment.keySize === undefined) &&
  run.number + run.durations.length === segment.number &&
  end === segment.time &&
  wallClockAt(run, segment.time, timescale) === segment.wallClockMs;

const openRun = ({ epoch, discontinuity, number, time, wallClockMs, keySize }: Segment): OpenRun => ({
  epoch: Epoch.parse(epoch),
  discontinuity,
  number,
  time,
  wallClockMs,
  durations: [],
  sizes: [],
  dependent: [],
  ...(keySize === undefined ? {} : { keySizes: [] }),
});

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

/** The timeline after a message: `current` brought up to it, or a new one where the message is of another shape. */
export function receive(current: Timeline | null, message: TimelineMessage): Timeline {
  const { timescale, windowMs } = message;
  const fits = current?.timescale === timescale && current.windowMs === windowMs;
  const timeline = fits ? current : new Timeline(timescale, windowMs);
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
const segmentOf = ({ type, timescale, windowMs, lastChunk, ...segment }: SegmentAnnounced): Segment => segment;

/** Reads a message; null when it is none. */
export function parseMessage(data: Uint8Array): TimelineMessage | null {
  try {
    return TimelineMessage.safeParse(JSON.parse(new TextDecoder().decode(data))).data ?? null;
  } catch {
    return null;
  }
}
