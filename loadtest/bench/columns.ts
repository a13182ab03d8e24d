import type { Summary } from './summary.ts';

/** Lines of cells as columns for a terminal: the first to the left, the others to the right. */
export function align(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const print = (line: readonly string[]) =>
    line.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('   ');
  return lines.map((line) => `${print(line).trimEnd()}\n`).join('');
}

const pad = (cell: string, width: number, column: number) =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width);

/** A median, with the smallest and the largest in brackets; a dash where there is none. */
export const spread = (summary: Summary | null, print: (value: number) => string) =>
  summary === null ? '–' : `${print(summary.median)} (${print(summary.min)}–${print(summary.max)})`;
