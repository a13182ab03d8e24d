import type { EdgeNode } from './node.ts';

/** The fleet as a whole. */
export type Totals = {
  readonly edges: number;
  readonly draining: number;
  readonly viewers: number;
  /** Viewers that the edges take which are not draining. */
  readonly capacity: number;
  readonly bitsPerSecond: number;
};

export function totalsOf(nodes: readonly EdgeNode[]): Totals {
  const serving = nodes.filter((node) => !node.draining);
  return {
    edges: nodes.length,
    draining: nodes.length - serving.length,
    viewers: sum(nodes.map((node) => node.viewers)),
    capacity: sum(serving.map((node) => node.capacity)),
    bitsPerSecond: sum(nodes.map((node) => node.egressBitsPerSecond)),
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
