const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;

/** Reads a duration such as `30s`, `2m` or `90`; null when it is none. */
export function parseSeconds(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * UNITS[(match[2] ?? 's') as keyof typeof UNITS];
}
