import type { Nodes } from '../nodes.ts';
import type { Figure } from './figures.ts';

/** What every part of a soak works with. */
export type Run = {
  readonly nodes: Nodes;
  readonly coordinatorUrl: string;
  readonly seconds: number;
  readonly chunkMs: number;
  /** Remembers how to close what was opened. */
  readonly defer: (name: string, close: () => unknown) => void;
};

/** What came of a part. */
export type Result = {
  readonly figures: readonly Figure[];
  /** What the figures were made of, for whoever looks closer. */
  readonly details: unknown;
};

/** Is never lost: players watch it. */
export const STEADY = 'steady';

/** Loses its source in the middle of the run. */
export const BROKEN = 'broken';
