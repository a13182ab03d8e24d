import { join } from 'node:path';
import { headers } from '@nats-io/transport-node';
import { Timeline } from '../../media/timeline.ts';
import { type Bus, ensureStream, openBucket } from '../../runtime/bus.ts';
import { writeWhole } from '../../runtime/files.ts';
import { epochAt, PresentationId, TrackId } from '../../wire/ids.ts';
import { print } from '../../wire/paths.ts';
import type { Presentation, Track } from '../../wire/presentation.ts';
import {
  ALL_TIMELINES,
  PRESENTATIONS_BUCKET,
  TIMELINE_MESSAGES,
  TIMELINE_STREAM,
  timelineSubject,
} from '../../wire/subjects.ts';
import { snapshotOf } from '../../wire/timeline.ts';

const presentation = PresentationId.parse('bench');
const TIMESCALE = 1_000;
const SEGMENT_MS = 2_000;

/** A playlist of so many segments has about 2 KB. */
const SEGMENTS = 55;
const WINDOW_MS = SEGMENTS * SEGMENT_MS;

const small = { id: TrackId.parse('v480'), bytes: 200 * 1024, height: 480 };
const large = { id: TrackId.parse('v1080'), bytes: 1536 * 1024, height: 1080 };

/** What is asked for, and how it is called in the table. */
export type Asked = { readonly name: string; readonly path: string };

/** A live channel of two tracks, as an origin keeps and announces it, whose newest segments can be asked for. */
export async function layOut(bus: Bus, storage: string, nowMs: number): Promise<readonly Asked[]> {
  const epoch = epochAt(nowMs);
  const at = (track: TrackId) => ({ presentation, track, epoch, number: SEGMENTS - 1 });
  for (const { id, bytes } of [small, large]) {
    await put(storage, print({ kind: 'init', ...at(id) }), 700);
    await put(storage, print({ kind: 'segment', ...at(id) }), bytes);
  }
  await announce(bus, nowMs);
  return [
    { name: '2 KB playlist', path: print({ kind: 'playlist', presentation, track: small.id }) },
    { name: '200 KB object', path: print({ kind: 'segment', ...at(small.id) }) },
    { name: '1.5 MB segment', path: print({ kind: 'segment', ...at(large.id) }) },
  ];
}

/** Bytes that do not compress and are the same in each run. */
async function put(storage: string, path: string, size: number): Promise<void> {
  const bytes = new Uint8Array(size);
  let state = size;
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  await writeWhole(join(storage, path.slice('/v/'.length)), bytes);
}

/** The timelines first: who learns of the presentation may ask for them at once. */
async function announce(bus: Bus, nowMs: number): Promise<void> {
  await ensureStream(bus, TIMELINE_STREAM, [ALL_TIMELINES], TIMELINE_MESSAGES);
  const rollup = headers();
  rollup.set('Nats-Rollup', 'sub');
  for (const track of [small, large]) {
    const snapshot = JSON.stringify(snapshotOf(timelineOf(track.bytes, nowMs)));
    await bus.jetstream.publish(timelineSubject(presentation, track.id), snapshot, { headers: rollup });
  }
  const bucket = await openBucket(bus, PRESENTATIONS_BUCKET);
  await bucket.put(presentation, JSON.stringify(describe(nowMs)));
}

function timelineOf(size: number, nowMs: number): Timeline {
  const timeline = new Timeline(TIMESCALE, WINDOW_MS);
  for (let number = 0; number < SEGMENTS; number++) {
    const time = number * SEGMENT_MS;
    const where = { epoch: epochAt(nowMs), discontinuity: 0, number };
    const when = { time, duration: SEGMENT_MS, wallClockMs: nowMs + time };
    timeline.append({ ...where, ...when, size, independent: true });
  }
  return timeline;
}

const describe = (nowMs: number): Presentation => ({
  id: presentation,
  title: 'Bench',
  kind: 'live',
  state: { name: 'live', since: nowMs },
  chunkDurationMs: null,
  targetDurationMs: SEGMENT_MS,
  windowMs: WINDOW_MS,
  durationMs: null,
  outputs: ['hls', 'dash'],
  protection: 'none',
  onDemand: false,
  poster: false,
  tracks: [small, large].map(trackOf),
});

const trackOf = ({ id, height }: typeof small): Track => ({
  id,
  timescale: TIMESCALE,
  media: {
    kind: 'video',
    codec: 'avc1.640028',
    width: Math.round((height * 16) / 9),
    height,
    frameRate: { num: 25, den: 1 },
  },
});
