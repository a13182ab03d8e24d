import { Demuxer } from '../../../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../../../media/isobmff/movie.ts';
import type { Milliseconds } from '../../../media/time.ts';
import type { Publishing } from '../door.ts';
import { Edits } from '../edits.ts';
import { FeedQueue } from '../feed-queue.ts';

/** Tracks that come by requests of their own are waited for so long after the first. */
const GATHER_MS: Milliseconds = 1_000;

/** A publisher with no request open is gone after this. */
const IDLE_MS: Milliseconds = 5_000;

/** Requests of one publisher at a time: one for each track. */
const BODIES_MAX = 64;

/** What a request of a publisher came to. */
export type Taken = { readonly kind: 'taken' } | { readonly kind: 'refused'; readonly reason: string };

/** A stream that is sent by one request or by many, one after another: its tracks, by the ids that it gives them. */
type Stream = {
  readonly demuxer: Demuxer;
  readonly edits: Edits;
  ids: ReadonlyMap<number, number>;
  isRead: boolean;
};

/** All that one publisher sends to a channel, in any number of requests, as one feed. */
export class Session {
  readonly #publishing: Publishing;
  readonly #queue = new FeedQueue();
  readonly #streams = new Map<string, Stream>();
  readonly #started = Promise.withResolvers<void>();
  #tracks: MovieTrack[] | null = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #idling: ReturnType<typeof setTimeout> | undefined;
  #bodies = 0;
  #isOver = false;

  /** Takes no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** `onEnd` is told once, when nothing of it is left. */
  constructor(publishing: Publishing, onEnd: () => void) {
    this.#publishing = publishing;
    publishing.signal.addEventListener('abort', () => this.#end(publishing.signal.reason));
    void publishing.take(this.#queue).then(() => {
      this.#end(null);
      publishing.release();
      onEnd();
    });
    this.#idle(null);
  }

  /** Takes the body of a request to its end. `name` is the stream's: what follows in a later request goes on. */
  async take(name: string, body: ReadableStream<Uint8Array>): Promise<Taken> {
    if (this.#bodies >= BODIES_MAX) return { kind: 'refused', reason: 'too many streams at once' };
    const stream = this.#stream(name);
    // Two at once would be read as one, and be of no use to anybody.
    if (stream.isRead) return { kind: 'refused', reason: `'${name}' is being sent already` };
    stream.isRead = true;
    this.#bodies += 1;
    clearTimeout(this.#idling);
    let broken: Error | null = null;
    try {
      return await this.#read(stream, body);
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      this.#streams.delete(name);
      return { kind: 'refused', reason: broken.message };
    } finally {
      stream.isRead = false;
      this.#bodies -= 1;
      if (this.#bodies === 0) this.#idle(broken);
    }
  }

  async #read(stream: Stream, body: ReadableStream<Uint8Array>): Promise<Taken> {
    for await (const bytes of body) {
      if (this.#publishing.signal.aborted) return { kind: 'refused', reason: this.#sentAway };
      for (const found of stream.demuxer.push(bytes)) {
        const event = stream.edits.apply(found);
        if (event.kind === 'movie') {
          const refused = this.#add(stream, event.tracks);
          if (refused !== null) return { kind: 'refused', reason: refused };
          await this.#started.promise;
        } else {
          const runs = event.runs.flatMap(({ trackId, samples }) => {
            const id = stream.ids.get(trackId);
            return id === undefined ? [] : [{ trackId: id, samples }];
          });
          this.#queue.push({ kind: 'samples', runs });
          await this.#queue.room();
        }
      }
    }
    return { kind: 'taken' };
  }

  get #sentAway(): string {
    const { reason } = this.#publishing.signal;
    return reason instanceof Error ? reason.message : 'the channel ended';
  }

  #stream(name: string): Stream {
    const fresh = { demuxer: new Demuxer(), edits: new Edits(), ids: new Map(), isRead: false };
    const stream = this.#streams.get(name) ?? fresh;
    this.#streams.set(name, stream);
    return stream;
  }

  /** Gives why the tracks come too late; null when they are taken. The header of a known stream may be sent again. */
  #add(stream: Stream, tracks: readonly MovieTrack[]): string | null {
    if (stream.ids.size > 0) return null;
    if (this.#tracks === null) return `tracks have to begin within ${GATHER_MS / 1_000} s of the first`;
    const first = this.#tracks.length + 1;
    stream.ids = new Map(tracks.map(({ id }, index) => [id, first + index]));
    this.#tracks.push(...tracks.map((track, index) => ({ ...track, id: first + index })));
    this.#gathering ??= setTimeout(() => this.#start(), GATHER_MS);
    return null;
  }

  #start(): void {
    // Pictures come first, as a ladder's do.
    const tracks = (this.#tracks ?? []).toSorted((a, b) => rank(a) - rank(b));
    this.#tracks = null;
    this.#queue.push({ kind: 'movie', tracks });
    this.#started.resolve();
  }

  #idle(error: Error | null): void {
    clearTimeout(this.#idling);
    this.#idling = setTimeout(() => this.#end(error), IDLE_MS);
  }

  #end(error: Error | null): void {
    this.#isOver = true;
    clearTimeout(this.#gathering);
    clearTimeout(this.#idling);
    this.#started.resolve();
    this.#queue.end(error);
  }
}

const rank = ({ handler }: MovieTrack) => (handler === 'vide' ? 0 : 1);
