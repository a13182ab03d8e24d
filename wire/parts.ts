import { gunzipSync, gzipSync } from 'node:zlib';
import { parseMessage, type Run, type Snapshot, type TimelineMessage } from './timeline.ts';

/** JSON of one part at most, as estimated: half of what NATS takes in a message unless it is told otherwise (1 MiB). */
const PART_MAX_BYTES = 512 * 1024;

/** JSON of a run without its segments: names and numbers of at most 16 digits. */
const RUN_BYTES = 256;

/** JSON of a segment in a run: duration, size, size of its key frame, place if it depends on others; 8 digits each. */
const SEGMENT_BYTES = 36;

/** Shorter messages gain nothing from compression. */
const COMPRESS_FROM_BYTES = 16 * 1024;

/** What a compressed message may grow to: more than the estimate could ever be wrong by. */
const MESSAGE_MAX_BYTES = 8 * 1024 * 1024;

/** A snapshot as messages that each fit into NATS' largest: parts in their order, or one without a part. */
export function partsOf(snapshot: Snapshot, maxBytes = PART_MAX_BYTES): readonly Snapshot[] {
  const [whole, ...more] = split(snapshot.runs, maxBytes);
  if (whole === undefined || more.length === 0) return [snapshot];
  const all = [whole, ...more];
  return all.map((runs, index) => {
    const part = { index, of: all.length };
    // What is open and recent is said once, in the last.
    return index === all.length - 1
      ? { ...snapshot, runs, part }
      : { ...snapshot, runs, part, open: null, chunks: [] };
  });
}

/** Runs in groups of at most a part; a run that does not fit where it would start goes on in the next. */
function split(runs: readonly Run[], maxBytes: number): Run[][] {
  const groups: Run[][] = [[]];
  let left = maxBytes;
  for (const run of runs) {
    for (let from = 0; from < run.durations.length; ) {
      if (left < RUN_BYTES + SEGMENT_BYTES) {
        groups.push([]);
        left = maxBytes;
      }
      const count = Math.min(run.durations.length - from, Math.floor((left - RUN_BYTES) / SEGMENT_BYTES));
      groups.at(-1)?.push(slice(run, from, from + count));
      left -= RUN_BYTES + count * SEGMENT_BYTES;
      from += count;
    }
  }
  return groups;
}

/** The segments of a run from one offset to below another, as a run of their own. */
function slice(run: Run, from: number, to: number): Run {
  if (from === 0 && to === run.durations.length) return run;
  return {
    ...run,
    number: run.number + from,
    time: run.durations.slice(0, from).reduce((sum, duration) => sum + duration, run.time),
    durations: run.durations.slice(from, to),
    sizes: run.sizes.slice(from, to),
    dependent: run.dependent.filter((at) => at >= from && at < to).map((at) => at - from),
    ...(run.keySizes === undefined ? {} : { keySizes: run.keySizes.slice(from, to) }),
  };
}

/** Puts the snapshots of one subject together again from their parts. */
export class Parts {
  #runs: Run[] = [];
  #next = 0;

  /** The message when it stands alone, the whole snapshot with its last part, else null. */
  join(message: TimelineMessage): TimelineMessage | null {
    if (message.type !== 'snapshot' || message.part === undefined) return message;
    const { index, of } = message.part;
    if (index === 0) this.#start();
    // Its first parts were not heard, or somebody else's came between: a whole one follows.
    if (index !== this.#next) return null;
    this.#runs.push(...message.runs);
    this.#next += 1;
    if (this.#next < of) return null;
    const { part: _, ...snapshot } = message;
    const whole = { ...snapshot, runs: this.#runs };
    this.#start();
    return whole;
  }

  #start(): void {
    this.#runs = [];
    this.#next = 0;
  }
}

/** A message as it is published: JSON in UTF-8, compressed with gzip (RFC 1952) when it is long. */
export function encode(message: TimelineMessage): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(message));
  return json.byteLength < COMPRESS_FROM_BYTES ? json : gzipSync(json, { level: LEVEL });
}

/** 1 saves half of the time, and adds half to the bytes. */
const LEVEL = 6;

/** The first byte of gzip (RFC 1952 §2.3.1), which no JSON starts with. */
const GZIP_ID1 = 0x1f;

/** Reads a published message; null when it is none. */
export function decode(data: Uint8Array): TimelineMessage | null {
  if (data[0] !== GZIP_ID1) return parseMessage(data);
  try {
    return parseMessage(gunzipSync(data, { maxOutputLength: MESSAGE_MAX_BYTES }));
  } catch {
    return null;
  }
}
