import { headers } from '@nats-io/transport-node';
import { type Segment, Timeline } from '../../media/timeline.ts';
import { type Bus, replay } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import { Epoch, type PresentationId, type TrackId } from '../../wire/ids.ts';
import { TIMELINE_STREAM, timelineSubject } from '../../wire/subjects.ts';
import { parseMessage, receive, snapshotOf, type TimelineMessage } from '../../wire/timeline.ts';

/** After so many single announcements a snapshot replaces them: what a new edge must replay stays small. */
const SNAPSHOT_EVERY = 64;

const RETRY_MS = 500;

/** What is published while the connection is lost is lost: asking again soon costs a live channel less. */
const ANSWER_MS = 1_000;

/** What has reached the stream. */
type Published =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'up-to'; readonly number: number; readonly since: number };

/**
 * The origin's own timeline of one track, and the only writer of its subject. Appending never waits for NATS: one
 * loop brings the stream up to the timeline, with a single announcement when just one segment is missing there and
 * with a snapshot when more are.
 */
export class Announcer {
  readonly timeline: Timeline;
  readonly #bus: Bus;
  readonly #subject: string;
  readonly #log: Log;
  #published: Published = { kind: 'nothing' };
  #endPublished = false;
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(bus: Bus, subject: string, timeline: Timeline, log: Log) {
    this.#bus = bus;
    this.#subject = subject;
    this.timeline = timeline;
    this.#log = log;
  }

  /** Appends a segment whose bytes can be fetched, and announces it; gives those that left the window. */
  append(segment: Segment): readonly Segment[] {
    const gone = this.timeline.append(segment);
    this.#kick();
    return gone;
  }

  /** Nothing follows. Resolves when the stream says so. */
  async end(): Promise<void> {
    this.timeline.end();
    this.#kick();
    await this.#running;
  }

  /** Puts the whole timeline on the stream, whatever is there. */
  async republish(): Promise<void> {
    this.#published = { kind: 'nothing' };
    this.#endPublished = false;
    this.#kick();
    await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #kick(): void {
    if (this.#running === null && !this.#isCaughtUp()) this.#running = this.#catchUp();
  }

  /** Stops in the very turn in which it finds nothing to do, so that what is appended later starts it anew. */
  async #catchUp(): Promise<void> {
    while (!this.#isCaughtUp() && (await this.#tryNext()));
    this.#running = null;
  }

  /** False when it was closed while NATS did not take it. */
  async #tryNext(): Promise<boolean> {
    try {
      await this.#publishNext();
    } catch (error) {
      if (this.#closed) return false;
      this.#log.warn({ subject: this.#subject, err: error }, 'announcing failed; trying again');
      this.#published = { kind: 'nothing' };
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return true;
  }

  #isCaughtUp(): boolean {
    const { last, ended } = this.timeline;
    if (ended && !this.#endPublished) return false;
    return last === null || (this.#published.kind === 'up-to' && this.#published.number === last.number);
  }

  async #publishNext(): Promise<void> {
    const { last, ended } = this.timeline;
    const since = this.#singlesBefore(last);
    if (last !== null && since !== null && !ended) {
      const { timescale, windowMs } = this.timeline;
      await this.#publish({ type: 'segment', timescale, windowMs, ...last, epoch: Epoch.parse(last.epoch) });
      this.#published = { kind: 'up-to', number: last.number, since: since + 1 };
    } else {
      await this.#publishSnapshot();
      this.#published = { kind: 'up-to', number: last?.number ?? -1, since: 0 };
      this.#endPublished = ended;
    }
  }

  /** How many single announcements follow the last snapshot, or null when the next must be a snapshot. */
  #singlesBefore(last: Segment | null): number | null {
    const published = this.#published;
    if (last === null || published.kind === 'nothing' || published.since >= SNAPSHOT_EVERY) return null;
    return published.number === this.timeline.segments.at(-2)?.number ? published.since : null;
  }

  async #publishSnapshot(): Promise<void> {
    const rollup = headers();
    rollup.set('Nats-Rollup', 'sub');
    await this.#publish(snapshotOf(this.timeline), rollup);
  }

  async #publish(message: TimelineMessage, extra?: ReturnType<typeof headers>): Promise<void> {
    const payload = JSON.stringify(message);
    const options = { timeout: ANSWER_MS, ...(extra && { headers: extra }) };
    await this.#bus.jetstream.publish(this.#subject, payload, options);
  }
}

/** Opens a track's announcer where the last one stopped: its timeline is read back from the stream. */
export async function openAnnouncer(
  bus: Bus,
  at: { readonly presentation: PresentationId; readonly track: TrackId },
  shape: { readonly timescale: number; readonly windowMs: number },
  log: Log,
): Promise<Announcer> {
  const subject = timelineSubject(at.presentation, at.track);
  let timeline = new Timeline(shape.timescale, shape.windowMs);
  await replay(bus, TIMELINE_STREAM, subject, (_, data) => {
    const message = parseMessage(data);
    if (message?.timescale !== shape.timescale) return;
    timeline = receive(timeline, { ...message, windowMs: shape.windowMs });
  });
  return new Announcer(bus, subject, timeline, log);
}
