/** What a figure was over several rounds. */
export type Summary = { readonly median: number; readonly min: number; readonly max: number };

/** The median of an even number of values is the mean of the two in the middle. Of no values all is NaN. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}
