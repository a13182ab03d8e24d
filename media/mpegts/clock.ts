import type { Seconds, Ticks } from '../time.ts';

/** Ticks a second of PTS, DTS and the base of PCR (ISO/IEC 13818-1 §2.4.2.1). */
export const CLOCK_RATE = 90_000;

/** They are counted modulo 2^33, 26.5 hours. */
export const WRAP = 2 ** 33;

/** Where the presentation's time zero lies: late enough that no picture is decoded, nor its clock sent, before 0. */
const START_SECONDS: Seconds = 10;

/**
 * How long before it is decoded a picture starts to arrive, and at most so far apart clock references stand: "shall
 * be 0,1 s or less" (§2.7.2).
 */
export const LEAD: Ticks = CLOCK_RATE / 10;

/** A media time as a 33-bit timestamp. It is computed from the time alone, so that no error adds up. */
export const timestamp = (ticks: Ticks, timescale: number): Ticks =>
  wrap(Math.round((ticks / timescale + START_SECONDS) * CLOCK_RATE));

/** A timestamp moved to where it counts. */
export const wrap = (ticks: Ticks): Ticks => ((ticks % WRAP) + WRAP) % WRAP;
