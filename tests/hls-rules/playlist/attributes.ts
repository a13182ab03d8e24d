/** The attributes of a tag (§4.2): each name with its value as written, quotes included. */
export type Attributes = ReadonlyMap<string, string>;

export type AttributeList = {
  readonly attributes: Attributes;
  /** Names that appear more than once. */
  readonly repeated: readonly string[];
  /** What is left of the text where it stops being a list; empty when all of it is one. */
  readonly rest: string;
};

const ATTRIBUTE = /^([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,(?=.)|$)/;

/** Reads `A=1,B="x"`. */
export function parse(text: string): AttributeList {
  const attributes = new Map<string, string>();
  const repeated: string[] = [];
  let rest = text;
  for (let match = ATTRIBUTE.exec(rest); match !== null; match = ATTRIBUTE.exec(rest)) {
    const [whole, name = '', value = ''] = match;
    if (attributes.has(name)) repeated.push(name);
    attributes.set(name, value);
    rest = rest.slice(whole.length);
  }
  return { attributes, repeated, rest };
}

/** The text of a quoted string, or of an enumerated one. */
export const text = (attributes: Attributes, name: string): string | null =>
  attributes.get(name)?.replace(/^"(.*)"$/, '$1') ?? null;

export function number(attributes: Attributes, name: string): number | null {
  const value = attributes.get(name);
  return value === undefined || Number.isNaN(Number(value)) ? null : Number(value);
}

export const isYes = (attributes: Attributes, name: string) => attributes.get(name) === 'YES';
