import type { Timeline } from '../../media/timeline.ts';
import type { Bus } from '../../runtime/bus.ts';
import { Epoch, type PresentationId, TrackId } from '../../wire/ids.ts';
import { type ChunkPath, print } from '../../wire/paths.ts';
import { timelinesOf, trackOf } from '../../wire/subjects.ts';
import { parseMessage, receive } from '../../wire/timeline.ts';

/** Chunks whose announcement is remembered: those who ask for it are a few behind at most. */
const REMEMBERED = 64;

/** When a chunk was heard of, on the clock of `performance`, and which comes after it. */
export type Announced = { readonly atMs: number; readonly next: ChunkPath };

/** What is announced of the one track of a presentation, heard as it is published. */
export class Announcements {
  readonly #presentation: PresentationId;
  readonly #heard = new Map<string, Announced>();
  readonly #waiting = new Map<string, PromiseWithResolvers<Announced>>();
  readonly #first = Promise.withResolvers<ChunkPath>();
  #timeline: Timeline | null = null;
  #count = 0;

  constructor(bus: Bus, presentation: PresentationId) {
    this.#presentation = presentation;
    bus.connection.subscribe(timelinesOf(presentation), {
      callback: (error, message) => {
        if (error === null) this.#take(TrackId.parse(trackOf(message.subject)), message.data);
      },
    });
  }

  /** Chunks heard of so far. */
  get count(): number {
    return this.#count;
  }

  /** The chunk that comes after the first that is heard of. */
  get first(): Promise<ChunkPath> {
    return this.#first.promise;
  }

  /** When a chunk is announced, or was a moment ago. */
  of(path: ChunkPath): Promise<Announced> {
    const heard = this.#heard.get(print(path));
    if (heard !== undefined) return Promise.resolve(heard);
    const waiting = this.#waiting.get(print(path)) ?? Promise.withResolvers<Announced>();
    this.#waiting.set(print(path), waiting);
    return waiting.promise;
  }

  #take(track: TrackId, data: Uint8Array): void {
    const atMs = performance.now();
    const message = parseMessage(data);
    if (message === null) return;
    this.#timeline = receive(this.#timeline, message);
    const { newest } = this.#timeline;
    if (newest === null || message.type === 'snapshot') return;
    this.#count += 1;
    const next = nextOf(this.#timeline, this.#presentation, track);
    this.#tell(print({ ...next, ...newest }), { atMs, next });
    this.#first.resolve(next);
  }

  #tell(name: string, announced: Announced): void {
    this.#heard.set(name, announced);
    this.#waiting.get(name)?.resolve(announced);
    this.#waiting.delete(name);
    const [oldest] = this.#heard.keys();
    if (this.#heard.size > REMEMBERED && oldest !== undefined) this.#heard.delete(oldest);
  }
}

function nextOf({ open, last }: Timeline, presentation: PresentationId, track: TrackId): ChunkPath {
  const epoch = Epoch.parse((open ?? last)?.epoch);
  const place =
    open === null
      ? { number: (last?.number ?? -1) + 1, index: 0 }
      : { number: open.number, index: open.chunks.length };
  return { kind: 'chunk', presentation, track, epoch, ...place };
}
