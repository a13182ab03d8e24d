/** What a figure has to be. */
export type Asked =
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'at-least'; readonly value: number }
  /** It is told, and nothing is asked of it. */
  | { readonly kind: 'told' };

/** One figure of a run. */
export type Figure = {
  readonly what: string;
  readonly value: number;
  readonly unit: 'ms' | 's' | '%' | '';
  readonly asked: Asked;
};

export const atMost = (value: number): Asked => ({ kind: 'at-most', value });
export const atLeast = (value: number): Asked => ({ kind: 'at-least', value });
export const told: Asked = { kind: 'told' };

/** Whether a figure is as asked. One that could not be measured, NaN, never is. */
export function holds({ value, asked }: Figure): boolean {
  switch (asked.kind) {
    case 'at-most':
      return value <= asked.value;
    case 'at-least':
      return value >= asked.value;
    case 'told':
      return true;
  }
}

const HEAD = ['', 'measured', 'asked', ''];

/** A table for a terminal; what does not hold is marked. */
export function table(figures: readonly Figure[]): string {
  const lines = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => `${line.map(pad).join('   ').trimEnd()}\n`).join('');
}

const cells = (figure: Figure): readonly string[] => [
  figure.what,
  print(figure.value, figure.unit),
  ask(figure),
  holds(figure) ? '' : 'FAILED',
];

function ask({ asked, unit }: Figure): string {
  switch (asked.kind) {
    case 'at-most':
      return `≤ ${print(asked.value, unit)}`;
    case 'at-least':
      return `≥ ${print(asked.value, unit)}`;
    case 'told':
      return '';
  }
}

function print(value: number, unit: Figure['unit']): string {
  const digits = unit === '' || unit === 'ms' ? 0 : 1;
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
}

/** Median, 95th percentile and maximum; NaN of no values. */
export function spread(values: readonly number[]): { p50: number; p95: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
