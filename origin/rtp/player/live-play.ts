import type { TrackId } from '../../../wire/ids.ts';
import type { LiveStream } from '../live/stream.ts';
import type { Performance, Prepared } from '../performance.ts';

export type LivePlayOptions = {
  readonly stream: LiveStream;
  /** Those that are wanted now. */
  readonly tracks: () => readonly TrackId[];
  /** Begins to receive; what it returns ends that. */
  readonly join: () => () => void;
};

/** Plays what is live to one session: from the next key frame on, wherever it was interrupted. */
export class LivePlay implements Performance {
  readonly #options: LivePlayOptions;
  #leave: (() => void) | null = null;

  constructor(options: LivePlayOptions) {
    this.#options = options;
  }

  async prepare(): Promise<Prepared> {
    const { stream, tracks, join } = this.#options;
    const infos = tracks().flatMap((track) => {
      const next = stream.next(track);
      // It starts with the next key frame, whose sequence number nobody knows yet.
      return next === null ? [] : [{ track, ssrc: next.ssrc, sequence: null, timestamp: next.timestamp }];
    });
    const begin = () => {
      this.#leave ??= join();
    };
    return { span: null, scale: 1, infos, begin };
  }

  position(): null {
    return null;
  }

  /** Other tracks are wanted now. */
  rejoin(): void {
    if (this.#leave === null) return;
    this.#leave();
    this.#leave = this.#options.join();
  }

  pause(): void {
    this.#leave?.();
    this.#leave = null;
  }

  close(): void {
    this.pause();
  }
}
