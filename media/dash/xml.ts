/** An element of an XML document (W3C XML 1.0, fifth edition); those of an MPD hold elements or nothing. */
export type Element = {
  readonly name: string;
  /** Those that are null are left out. */
  readonly attributes: Readonly<Record<string, string | number | null>>;
  readonly children: readonly Element[];
};

export const element = (
  name: string,
  attributes: Element['attributes'],
  ...children: readonly Element[]
): Element => ({ name, attributes, children });

/** The whole document, one element a line. */
export const printDocument = (root: Element) => `<?xml version="1.0" encoding="UTF-8"?>\n${print(root, '')}`;

function print({ name, attributes, children }: Element, indent: string): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : ` ${key}="${escaped(String(value))}"`,
  );
  const start = `${indent}<${name}${list.join('')}`;
  if (children.length === 0) return `${start}/>\n`;
  const inner = children.map((child) => print(child, `${indent}  `));
  return `${start}>\n${inner.join('')}${indent}</${name}>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Most control characters may not even be escaped (§2.2), so all are dropped. */
const escaped = (text: string) =>
  text.replace(/\p{Cc}/gu, '').replace(/[&<>"]/g, (found) => ENTITIES[found] ?? '');
