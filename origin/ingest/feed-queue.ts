import type { Demuxed } from '../../media/isobmff/demuxer.ts';

/** Media held for a packager that is slow: about 30 s of 8 Mbit/s. A publisher in real time can't be made to wait. */
const HELD_MAX_BYTES = 32 * 1024 * 1024;

/** Who can wait does so when this much is held. */
const ENOUGH_BYTES = 4 * 1024 * 1024;

/** The packager takes less than the publisher sends. */
export class TooSlow extends Error {
  override readonly name = 'TooSlow';

  constructor() {
    super(`packaging is behind by ${HELD_MAX_BYTES / 1024 / 1024} MiB`);
  }
}

type End = { readonly error: Error | null };

/** A feed that is pushed. It is read once. */
export class FeedQueue implements AsyncIterable<Demuxed> {
  #held: Demuxed[] = [];
  #heldBytes = 0;
  #end: End | null = null;
  #wake: () => void = () => {};
  #taken = Promise.withResolvers<void>();

  /** What is pushed after the end is dropped. */
  push(event: Demuxed): void {
    if (this.#end !== null) return;
    this.#held.push(event);
    this.#heldBytes += bytesOf(event);
    if (this.#heldBytes > HELD_MAX_BYTES) this.end(new TooSlow());
    this.#wake();
  }

  /** Who can wait should, and who can't but may lose something should lose it. */
  get isFull(): boolean {
    return this.#heldBytes > ENOUGH_BYTES && this.#end === null;
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.isFull) await this.#taken.promise;
  }

  /** Nothing more comes; what is held is still read. With an error, reading then throws it. */
  end(error: Error | null): void {
    this.#end ??= { error };
    this.#wake();
    this.#taken.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Demuxed> {
    for (;;) {
      const held = this.#held;
      this.#held = [];
      this.#heldBytes = 0;
      this.#taken.resolve();
      this.#taken = Promise.withResolvers();
      yield* held;
      if (this.#held.length > 0) continue;
      if (this.#end?.error) throw this.#end.error;
      if (this.#end !== null) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const bytesOf = (event: Demuxed) =>
  event.kind === 'movie'
    ? 0
    : event.runs.reduce(
        (sum, { samples }) => sum + samples.reduce((size, { data }) => size + data.byteLength, 0),
        0,
      );
