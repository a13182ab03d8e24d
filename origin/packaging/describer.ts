import type { Presentation } from '../../wire/presentation.ts';
import type { Station } from '../station.ts';

const RETRY_MS = 500;

/** Tells the cluster what a presentation is now. Only the latest description matters: older ones may be skipped. */
export class Describer {
  readonly #station: Pick<Station, 'bucket' | 'described' | 'log'>;
  #latest: Presentation;
  #isPublished = false;
  #running: Promise<void> | null = null;

  constructor(first: Presentation, station: Pick<Station, 'bucket' | 'described' | 'log'>) {
    this.#station = station;
    this.#latest = first;
    this.update({});
  }

  get presentation(): Presentation {
    return this.#latest;
  }

  /** Changes the description; never waits for NATS. */
  update(change: Partial<Presentation>): void {
    this.#latest = { ...this.#latest, ...change };
    this.#station.described.set(this.#latest);
    this.#isPublished = false;
    this.#running ??= this.#publish();
  }

  /** Resolves when the cluster has been told. */
  async settled(): Promise<void> {
    await this.#running;
  }

  /** Stops in the very turn in which it finds nothing to do, so that a later change starts it anew. */
  async #publish(): Promise<void> {
    while (!this.#isPublished) {
      this.#isPublished = true;
      try {
        await this.#station.bucket.put(this.#latest.id, JSON.stringify(this.#latest));
      } catch (error) {
        this.#isPublished = false;
        this.#station.log.warn(
          { presentation: this.#latest.id, err: error },
          'describing failed; trying again',
        );
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#running = null;
  }
}
