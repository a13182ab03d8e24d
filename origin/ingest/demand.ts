import type { Bus } from '../../runtime/bus.ts';
import { PresentationId } from '../../wire/ids.ts';
import { ALL_DEMAND, DEMAND_TTL_MS, demandedId } from '../../wire/subjects.ts';

/** Presentations that edges were asked for, at most; more than there are channels. */
const DEMANDED_MAX = 10_000;

/** Which presentations somebody watches, as the edges say. */
export class Demand {
  readonly #lastMs = new Map<PresentationId, number>();

  /** Whether an edge was asked for it a short while ago. */
  isWanted(id: PresentationId, nowMs: number): boolean {
    return nowMs - (this.#lastMs.get(id) ?? Number.NEGATIVE_INFINITY) < DEMAND_TTL_MS;
  }

  /** Somebody watches it. */
  want(id: PresentationId, nowMs: number): void {
    if (this.#lastMs.size >= DEMANDED_MAX) this.#lastMs.clear();
    this.#lastMs.set(id, nowMs);
  }

  /** Takes what an edge said. */
  hear(subject: string, nowMs: number): PresentationId | null {
    const id = PresentationId.safeParse(demandedId(subject));
    if (!id.success) return null;
    this.want(id.data, nowMs);
    return id.data;
  }
}

/** Listens to the edges; `onWanted` is told of each presentation that is asked for. */
export function hearDemand(
  { connection }: Bus,
  demand: Demand,
  now: () => number,
  onWanted: (id: PresentationId) => void,
): void {
  connection.subscribe(ALL_DEMAND, {
    callback: (error, { subject }) => {
      const id = error === null ? demand.hear(subject, now()) : null;
      if (id !== null) onWanted(id);
    },
  });
}
