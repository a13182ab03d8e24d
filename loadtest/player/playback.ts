/** What is on the screen. Times are milliseconds on any clock that only goes forward. */
type State =
  | { readonly name: 'starting' }
  /** `position` seconds had been played at `atMs`. */
  | { readonly name: 'playing'; readonly position: number; readonly atMs: number }
  | { readonly name: 'stalled'; readonly position: number; readonly sinceMs: number };

/** Plays what is buffered in real time, and notices when nothing is left to play. */
export class Playback {
  readonly #startedMs: number;
  #state: State = { name: 'starting' };
  #startupMs: number | null = null;
  #stalls = 0;
  #stalledMs = 0;

  constructor(nowMs: number) {
    this.#startedMs = nowMs;
  }

  /** From the first request to the first picture; null before that. */
  get startupMs(): number | null {
    return this.#startupMs;
  }

  get stalls(): number {
    return this.#stalls;
  }

  get stalledMs(): number {
    return this.#stalledMs;
  }

  /** Seconds played. */
  get position(): number {
    return this.#state.name === 'starting' ? 0 : this.#state.position;
  }

  /** Moves on to `nowMs` with `buffered` seconds since the start in memory; `complete` when there are no more. */
  advance(nowMs: number, buffered: number, complete: boolean): void {
    const state = this.#state;
    switch (state.name) {
      case 'starting':
        if (buffered > 0) this.#begin(nowMs);
        return;
      case 'playing':
        this.#play(nowMs, state.position + (nowMs - state.atMs) / 1000, buffered, complete);
        return;
      case 'stalled':
        if (buffered > state.position) this.#resume(nowMs, state.position, state.sinceMs);
    }
  }

  #begin(nowMs: number): void {
    this.#startupMs = nowMs - this.#startedMs;
    this.#state = { name: 'playing', position: 0, atMs: nowMs };
  }

  #play(nowMs: number, position: number, buffered: number, complete: boolean): void {
    if (position < buffered || complete) {
      this.#state = { name: 'playing', position: Math.min(position, buffered), atMs: nowMs };
      return;
    }
    this.#stalls += 1;
    this.#state = { name: 'stalled', position: buffered, sinceMs: nowMs - (position - buffered) * 1000 };
  }

  #resume(nowMs: number, position: number, sinceMs: number): void {
    this.#stalledMs += nowMs - sinceMs;
    this.#state = { name: 'playing', position, atMs: nowMs };
  }
}
