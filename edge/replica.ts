import type { Timeline } from '../media/timeline.ts';
import { type Bus, type Following, follow } from '../runtime/bus.ts';
import { type PresentationId, TrackId } from '../wire/ids.ts';
import { decode, Parts } from '../wire/parts.ts';
import { TIMELINE_STREAM, timelinesOf, trackOf } from '../wire/subjects.ts';
import { hasMissed, receive } from '../wire/timeline.ts';

/** Told when a track has changed, after the replica has caught up. */
export type OnChanged = (replica: Replica, track: TrackId, timeline: Timeline) => void;

/** This edge's copy of all timelines of one presentation: replayed from the stream, then followed. */
export class Replica {
  readonly presentation: PresentationId;
  readonly timelines = new Map<TrackId, Timeline>();
  /** When somebody last asked for a playlist of it, milliseconds since 1970. */
  lastAskedMs: number;
  readonly #bus: Bus;
  readonly #onChanged: OnChanged;
  readonly #parts = new Map<TrackId, Parts>();
  #following: Following | null = null;
  #isCaughtUp = false;
  #isLost = false;
  #revision = 0;

  private constructor(bus: Bus, presentation: PresentationId, nowMs: number, onChanged: OnChanged) {
    this.#bus = bus;
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
    const replica = new Replica(bus, presentation, nowMs, onChanged);
    await replica.#follow();
    return replica;
  }

  async #follow(): Promise<void> {
    this.#parts.clear();
    const onMessage = (subject: string, data: Uint8Array) => this.#take(subject, data);
    this.#following = await follow(this.#bus, TIMELINE_STREAM, timelinesOf(this.presentation), onMessage);
    await this.#following.caughtUp;
    this.#isCaughtUp = true;
    if (this.isComplete) await this.close();
  }

  /** Something was not heard: everything is replayed. */
  async #replay(): Promise<void> {
    const before = this.#following;
    if (!this.#isCaughtUp || before === null) return;
    this.#isCaughtUp = false;
    await before.close();
    await this.#follow();
    for (const [track, timeline] of this.timelines) this.#onChanged(this, track, timeline);
  }

  /** Grows with each change of a timeline, and when it is closed. */
  get revision(): number {
    return this.#revision;
  }

  /** It missed something and could not replay: it is of no use any more. */
  get isLost(): boolean {
    return this.#isLost;
  }

  async #lose(): Promise<void> {
    this.#isLost = true;
    await this.close();
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

  #partsOf(track: TrackId): Parts {
    const parts = this.#parts.get(track) ?? new Parts();
    this.#parts.set(track, parts);
    return parts;
  }

  #take(subject: string, data: Uint8Array): void {
    const track = TrackId.safeParse(trackOf(subject));
    const heard = decode(data);
    if (!track.success || heard === null) return;
    const message = this.#partsOf(track.data).join(heard);
    if (message === null) return;
    const current = this.timelines.get(track.data) ?? null;
    if (this.#isCaughtUp && hasMissed(current, message)) this.#replay().catch(() => this.#lose());
    const timeline = receive(current, message);
    this.timelines.set(track.data, timeline);
    this.#revision += 1;
    if (this.#isCaughtUp) this.#onChanged(this, track.data, timeline);
  }
}
