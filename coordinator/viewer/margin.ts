/** A stall keeps a viewer this much further from live, */
const STEP_MS = 250;

/** for as long as this: what made one may make another. */
const REMEMBERED_MS = 60_000;

/** No further than a segment, after which a player is as far away as one that knows no chunks. */
const STEPS_MAX = 8;

/** How much further from live a viewer is kept than a channel asks for, since the connection stumbled lately. */
export class Margin {
  #stallsMs: number[] = [];

  stalled(nowMs: number): void {
    this.#stallsMs = [...this.#stallsMs, nowMs].slice(-STEPS_MAX);
  }

  ms(nowMs: number): number {
    return STEP_MS * this.#stallsMs.filter((atMs) => nowMs - atMs < REMEMBERED_MS).length;
  }
}
