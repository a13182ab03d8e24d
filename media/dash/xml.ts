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
export function printDocument(root: Element): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  push(lines, root, '');
  return `${lines.join('\n')}\n`;
}

function push(lines: string[], { name, attributes, children }: Element, indent: string): void {
  const start = `${indent}<${name}${list(attributes)}`;
  if (children.length === 0) {
    lines.push(`${start}/>`);
    return;
  }
  lines.push(`${start}>`);
  const inner = `${indent}  `;
  for (const child of children) push(lines, child, inner);
  lines.push(`${indent}</${name}>`);
}

/** A manifest of a day has tens of thousands of elements, all of numbers. */
function list(attributes: Element['attributes']): string {
  let text = '';
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === null || value === undefined) continue;
    text += typeof value === 'number' ? ` ${key}="${value}"` : ` ${key}="${escaped(value)}"`;
  }
  return text;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Most control characters may not even be escaped (§2.2), so all are dropped. */
const escaped = (text: string) =>
  text.replace(/\p{Cc}/gu, '').replace(/[&<>"]/g, (found) => ENTITIES[found] ?? '');
