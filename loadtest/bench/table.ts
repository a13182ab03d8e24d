import { align, spread } from './columns.ts';
import type { Figures } from './rounds.ts';
import type { Summary } from './summary.ts';

/** One object, and what each server made of it. */
export type Row = {
  readonly object: string;
  readonly edge: Figures;
  /** Null where there is no nginx to compare with. */
  readonly nginx: Figures | null;
  /** Requests per CPU second of the edge in those of nginx. */
  readonly ratio: Summary | null;
};

const HEAD = [
  ['', 'edge', 'edge', 'nginx', 'nginx', 'edge ÷ nginx'],
  ['', 'requests/s', 'requests/CPU-s', 'requests/s', 'requests/CPU-s', 'per CPU-second'],
];

/** A table for a terminal: medians, and smallest to largest in brackets. */
export function table(rows: readonly Row[]): string {
  return align([...HEAD, ...rows.map(cells)]);
}

function cells({ object, edge, nginx, ratio }: Row): readonly string[] {
  return [
    object,
    ...[edge, nginx].flatMap((figures) => [count(figures?.perSecond), count(figures?.perCpuSecond)]),
    spread(ratio, (value) => value.toFixed(2)),
  ];
}

const count = (summary: Summary | undefined) =>
  spread(summary ?? null, (value) => Math.round(value).toLocaleString('en'));
