import { headers } from '@nats-io/transport-node';
import { type Chunk, type OpenSegment, type Segment, Timeline } from '../../media/timeline.ts';
import { type Bus, replay } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import { Epoch, type PresentationId, type TrackId } from '../../wire/ids.ts';
import { decode, encode, Parts, partsOf } from '../../wire/parts.ts';
import { TIMELINE_MESSAGES, TIMELINE_STREAM, timelineSubject } from '../../wire/subjects.ts';
import { receive, snapshotOf, type TimelineMessage } from '../../wire/timeline.ts';

/** Messages after which a snapshot tells everything anew; a long timeline is told less often, but often enough. */
const SNAPSHOT_EVERY = 64;

/** Of the messages that the stream keeps, those left for a snapshot that has to be sent again. */
const SPARE_MESSAGES = 62;

/** Messages that wait for NATS; with more, a snapshot tells all of them at once. */
const PENDING_MAX = 64;

const RETRY_MS = 500;

/** What is published while the connection is lost is lost: asking again soon costs a live channel less. */
const ANSWER_MS = 1_000;

/** What a packager adds to: a timeline, and whoever is told of it. */
export type Announcing = Pick<Announcer, 'timeline' | 'grow' | 'append'>;

/**
 * The origin's own timeline of one track, and the only writer of its subject. Adding never waits for NATS: one loop
 * sends what was added, in order, and a snapshot of everything at the start, now and then, and after a failure.
 */
export class Announcer {
  readonly timeline: Timeline;
  readonly #bus: Bus;
  readonly #subject: string;
  readonly #log: Log;
  #pending: TimelineMessage[] = [];
  #needsSnapshot = true;
  #sinceSnapshot = 0;
  /** Messages of the last snapshot. */
  #parts = 1;
  #running: Promise<void> | null = null;
  #isClosed = false;

  constructor(bus: Bus, subject: string, timeline: Timeline, log: Log) {
    this.#bus = bus;
    this.#subject = subject;
    this.timeline = timeline;
    this.#log = log;
  }

  /** Adds a chunk whose bytes can be fetched, but not the last of its segment. */
  grow(head: Omit<OpenSegment, 'chunks'>, index: number, chunk: Chunk): void {
    this.timeline.grow(head, index, chunk);
    const { timescale, windowMs } = this.timeline;
    const named = { ...head, epoch: Epoch.parse(head.epoch) };
    this.#send({ type: 'chunk', timescale, windowMs, head: named, index, chunk });
  }

  /** Adds a segment whose bytes can be fetched, with its last chunk; gives those that left the window. */
  append(segment: Segment, lastChunk?: Chunk): readonly Segment[] {
    const gone = this.timeline.append(segment, lastChunk);
    const { timescale, windowMs } = this.timeline;
    const named = { ...segment, epoch: Epoch.parse(segment.epoch) };
    const last = lastChunk === undefined ? {} : { lastChunk };
    this.#send({ type: 'segment', timescale, windowMs, ...named, ...last });
    return gone;
  }

  /** Nothing follows. Resolves when the stream says so. */
  async end(): Promise<void> {
    this.timeline.end();
    await this.republish();
  }

  /** Puts the whole timeline on the stream, whatever is there. */
  async republish(): Promise<void> {
    this.#needsSnapshot = true;
    this.#kick();
    await this.#running;
  }

  /** Stops trying to reach NATS. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#running;
  }

  #send(message: TimelineMessage): void {
    this.#pending.push(message);
    if (this.#pending.length > PENDING_MAX) this.#needsSnapshot = true;
    this.#kick();
  }

  #kick(): void {
    if (this.#running === null) this.#running = this.#sendAll();
  }

  /** Stops in the very turn in which it finds nothing to do, so that what is added later starts it anew. */
  async #sendAll(): Promise<void> {
    while ((this.#needsSnapshot || this.#pending.length > 0) && (await this.#trySend()));
    this.#running = null;
  }

  /** False when it was closed while NATS did not take it. */
  async #trySend(): Promise<boolean> {
    try {
      await this.#sendNext();
    } catch (error) {
      this.#needsSnapshot = true;
      if (this.#isClosed) return false;
      this.#log.warn({ subject: this.#subject, err: error }, 'announcing failed; trying again');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return true;
  }

  async #sendNext(): Promise<void> {
    if (this.#needsSnapshot || this.#sinceSnapshot >= this.#snapshotEvery) return this.#sendSnapshot();
    const message = this.#pending.shift();
    if (message === undefined) return;
    this.#sinceSnapshot += 1;
    await this.#publish(message);
  }

  /** A long timeline is told whole less often, so that it costs no more than its announcements. */
  get #snapshotEvery(): number {
    const often = Math.max(SNAPSHOT_EVERY, this.timeline.segments.length / 4);
    // The last snapshot is still among the messages when the next is whole.
    return Math.min(often, TIMELINE_MESSAGES - SPARE_MESSAGES - 2 * this.#parts);
  }

  async #sendSnapshot(): Promise<void> {
    this.#pending = [];
    this.#needsSnapshot = false;
    this.#sinceSnapshot = 0;
    const parts = partsOf(snapshotOf(this.timeline));
    this.#parts = parts.length;
    for (const [index, part] of parts.entries()) {
      await this.#publish(part, part.ended && index === 0 ? rollUp() : undefined);
    }
  }

  async #publish(message: TimelineMessage, extra?: ReturnType<typeof headers>): Promise<void> {
    const options = { timeout: ANSWER_MS, ...(extra && { headers: extra }) };
    await this.#bus.jetstream.publish(this.#subject, encode(message), options);
  }
}

/**
 * Replaces all messages of a subject. Only for timelines that have ended: nats-server (2.9) may pass over messages of
 * other subjects that a consumer of both has not yet been sent.
 */
function rollUp(): ReturnType<typeof headers> {
  const rollup = headers();
  rollup.set('Nats-Rollup', 'sub');
  return rollup;
}

/** Opens a track's announcer where the last one stopped: its timeline is read back from the stream. */
export async function openAnnouncer(
  bus: Bus,
  at: { readonly presentation: PresentationId; readonly track: TrackId },
  shape: { readonly timescale: number; readonly windowMs: number },
  log: Log,
): Promise<Announcer> {
  const subject = timelineSubject(at.presentation, at.track);
  const parts = new Parts();
  let timeline = new Timeline(shape.timescale, shape.windowMs);
  await replay(bus, TIMELINE_STREAM, subject, (_, data) => {
    const heard = decode(data);
    if (heard?.timescale !== shape.timescale) return;
    const message = parts.join(heard);
    if (message === null) return;
    timeline = receive(timeline, { ...message, windowMs: shape.windowMs });
  });
  return new Announcer(bus, subject, timeline, log);
}
