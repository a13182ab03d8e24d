/** 1 is the usual speed, 2 twice as fast; negative ones go backwards (RFC 2326 §12.34, RFC 7826 §18.46). */
const SCALE = /^\s*(-?\d{1,9}(?:\.\d{0,9})?)\s*$/;

/** Reads a `Scale` header; null for what is no speed, as 0 is. */
export function parse(header: string): number | null {
  const [, said] = SCALE.exec(header) ?? [];
  const scale = Number(said ?? 0);
  return scale === 0 ? null : scale;
}

/** To a thousandth. */
export const print = (scale: number): string => String(Number(scale.toFixed(3)));
