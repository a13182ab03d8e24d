import type { Clock } from '../runtime/clock.ts';

/** Time that goes on when it is told to. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #work = new Set<() => void>();
  now = () => this.#now;

  every(_: number, work: () => void): () => void {
    this.#work.add(work);
    return () => this.#work.delete(work);
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const work of this.#work) work();
  }
}
