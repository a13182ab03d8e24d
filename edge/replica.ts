import type { Timeline } from '../media/timeline.ts';
import { type Bus, type Following, follow } from '../runtime/bus.ts';
import { type PresentationId, TrackId } from '../wire/ids.ts';
import { TIMELINE_STREAM, timelinesOf, trackOf } from '../wire/subjects.ts';
import { parseMessage, receive } from '../wire/timeline.ts';

/** Told when a track has changed, after the replica has caught up. */
export type OnChanged = (replica: Replica, track: TrackId, timeline: Timeline) => void;

/** This edge's copy of all timelines of one presentation: replayed from the stream, then followed. */
export class Replica {
  readonly presentation: PresentationId;
  readonly timelines = new Map<TrackId, Timeline>();
  /** When somebody last asked for a playlist of it, milliseconds since 1970. */
  lastAskedMs: number;
  readonly #onChanged: OnChanged;
  #following: Following | null = null;
  #isCaughtUp = false;
  #revision = 0;

  private constructor(presentation: PresentationId, nowMs: number, onChanged: OnChanged) {
    this.presentation = presentation;
    this.lastAskedMs = nowMs;
    this.#onChanged = onChanged;
  }

  /** Resolves when it knows all that the stream knew. Rejects when NATS does not answer. */
  static async open(
    bus: Bus,
    presentation: PresentationId,
    nowMs: number,
    onChanged: OnChanged,
  ): Promise<Replica> {
    const replica = new Replica(presentation, nowMs, onChanged);
    const onMessage = (subject: string, data: Uint8Array) => replica.#take(subject, data);
    replica.#following = await follow(bus, TIMELINE_STREAM, timelinesOf(presentation), onMessage);
    await replica.#following.caughtUp;
    replica.#isCaughtUp = true;
    if (replica.isComplete) await replica.close();
    return replica;
  }

  /** Grows with each change of a timeline, and when it is closed. */
  get revision(): number {
    return this.#revision;
  }

  /** Nothing will be appended to any track. */
  get isComplete(): boolean {
    const timelines = [...this.timelines.values()];
    return timelines.length > 0 && timelines.every(({ ended }) => ended);
  }

  async close(): Promise<void> {
    const following = this.#following;
    this.#revision += 1;
    this.#following = null;
    await following?.close();
  }

  #take(subject: string, data: Uint8Array): void {
    const track = TrackId.safeParse(trackOf(subject));
    const message = parseMessage(data);
    if (!track.success || message === null) return;
    const timeline = receive(this.timelines.get(track.data) ?? null, message);
    this.timelines.set(track.data, timeline);
    this.#revision += 1;
    if (this.#isCaughtUp) this.#onChanged(this, track.data, timeline);
  }
}
