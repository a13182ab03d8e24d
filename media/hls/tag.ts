/** A value of an attribute list (draft-pantos-hls-rfc8216bis §4.2): quoted, or printed as it is. */
export type Attribute = { readonly quoted: string } | string | number | null;

/** `#NAME:A=1,B="x"`; attributes that are null are left out. */
export function tag(name: string, attributes: Readonly<Record<string, Attribute>>): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : `${key}=${print(value)}`,
  );
  return `#${name}:${list.join(',')}`;
}

/** A quoted string may hold no line break and no double quote (§4.2), so those are dropped. */
const print = (value: Exclude<Attribute, null>) =>
  typeof value === 'object' ? `"${value.quoted.replace(/["\r\n]/g, '')}"` : String(value);

export const quoted = (text: string): Attribute => ({ quoted: text });

const DECIMALS = 5;

/** What is this close to the next decimal is it: numbers can't hold every fraction. */
const EXACT = 1e-4;

/**
 * Seconds with five decimals: enough that a day of 2 s segments drifts by less than half a second. They are cut, not
 * rounded: a sum of them never reaches beyond what it stands for, see date-time.ts.
 */
export const seconds = (value: number) =>
  (Math.floor(value * 10 ** DECIMALS + EXACT) / 10 ** DECIMALS).toFixed(DECIMALS);
