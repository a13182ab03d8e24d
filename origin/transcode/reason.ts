import { masked } from '../../wire/source.ts';

/** A line of a part of ffmpeg: `[mov,mp4 @ 0x55d0] moov atom not found`. */
const OF_A_PART = /^\[[^\]]* @ [^\]]*\]\s*/;

/**
 * The words of ffmpeg that say best why it stopped. A part that fails says what is wrong; the lines after it only
 * say that something was. It never holds a password.
 */
export function reasonFrom(errors: readonly string[], otherwise: string): string {
  const said = errors.filter((line) => line.trim() !== '');
  const best = said.findLast((line) => OF_A_PART.test(line)) ?? said.at(-1);
  return masked(best?.replace(OF_A_PART, '').trim() || otherwise);
}
