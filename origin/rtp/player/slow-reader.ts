import type { Milliseconds } from '../../../media/time.ts';
import type { Clock } from '../../../runtime/clock.ts';

/** Who loses something again and again for so long reads more slowly than the stream is: it is disconnected. */
const SLOW_MAX_MS: Milliseconds = 10_000;

/** Who lost nothing for so long has recovered. */
const RECOVERED_MS: Milliseconds = 5_000;

export type SlowReaderOptions = {
  readonly clock: Clock;
  /** Told of each batch that is dropped. */
  readonly onDrop: () => void;
  readonly cut: (reason: string) => void;
};

/** What becomes of a receiver of something live that reads slowly: it goes on with a key frame, or is cut off. */
export class SlowReader {
  readonly #options: SlowReaderOptions;
  /** It is given nothing until a key frame finds room. */
  #isDropping = false;
  #slowSinceMs: Milliseconds = 0;
  #droppedMs: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(options: SlowReaderOptions) {
    this.#options = options;
  }

  get isDropping(): boolean {
    return this.#isDropping;
  }

  /** Whether it is given the next batch; `startsAnew` is one that needs nothing of what was dropped. */
  takes(hasRoom: boolean, startsAnew: boolean): boolean {
    this.#isDropping = !hasRoom || (this.#isDropping && !startsAnew);
    if (this.#isDropping) this.#drop();
    return !this.#isDropping;
  }

  #drop(): void {
    const { clock, onDrop, cut } = this.#options;
    const nowMs = clock.now();
    if (nowMs - this.#droppedMs > RECOVERED_MS) this.#slowSinceMs = nowMs;
    this.#droppedMs = nowMs;
    onDrop();
    if (nowMs - this.#slowSinceMs > SLOW_MAX_MS)
      cut(`it has read more slowly than the stream is for ${SLOW_MAX_MS / 1000} s`);
  }
}
