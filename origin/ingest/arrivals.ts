/** What waits to be read, at most: 5 s of 25 Mb/s. A publisher can't be slowed, so a reader that slow is not waited for. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024;

/** Pieces that are read together, at most: fewer, larger writes to ffmpeg. */
const JOINED_MAX = 48;

/** Media between the socket, which can't wait, and its reader, who may. */
export class Arrivals implements AsyncIterable<Uint8Array> {
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #ending: { readonly error: Error | null } | null = null;
  #wake: () => void = () => {};

  /** False when the reader is too far behind: it has ended then. */
  push(payload: Uint8Array): boolean {
    if (this.#ending !== null) return false;
    this.#waiting.push(payload);
    this.#bytes += payload.byteLength;
    if (this.#bytes > WAITING_MAX_BYTES) this.end(new Error('what is sent is packaged too slowly'));
    this.#wake();
    return this.#ending === null;
  }

  /** No more will come. With an error, the reader gets that after what waits. */
  end(error: Error | null): void {
    this.#ending ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#take();
      if (this.#ending?.error) throw this.#ending.error;
      if (this.#ending !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  #take(): Uint8Array {
    const pieces = this.#waiting.splice(0, JOINED_MAX);
    const joined = Buffer.concat(pieces);
    this.#bytes -= joined.byteLength;
    return joined;
  }
}
