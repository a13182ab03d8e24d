declare const unit: unique symbol;

/** A number that remembers its unit. Arithmetic yields a plain number: name the unit again. */
type In<Unit extends string> = number & { readonly [unit]?: Unit };

export type Milliseconds = In<'ms'>;
export type Seconds = In<'s'>;

/** Media time in units of a track's timescale. */
export type Ticks = In<'ticks'>;

export const toSeconds = (ticks: Ticks, timescale: number): Seconds => ticks / timescale;

export const toMilliseconds = (ticks: Ticks, timescale: number): Milliseconds => (ticks / timescale) * 1000;

/** The nearest tick to a time in seconds. */
export const toTicks = (seconds: Seconds, timescale: number): Ticks => Math.round(seconds * timescale);
