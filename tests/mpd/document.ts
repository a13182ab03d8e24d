/** An element of an XML document, with what a check needs to say where it is. */
export type Node = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Node[];
};

export class NotWellFormed extends Error {
  override readonly name = 'NotWellFormed';
}

type Open = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Node[];
};

const TOKEN = /<\?xml [^<>]*\?>|<(\/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"<]*")*)\s*(\/?)>|\s+/y;
const ATTRIBUTE = /([\w:.-]+)="([^"]*)"/g;

/** Reads a document of elements and attributes alone, as an MPD is one. Throws NotWellFormed for everything else. */
export function parse(text: string): Node {
  const roots: Node[] = [];
  const open: Open[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new NotWellFormed(`at ${at}: ${text.slice(at, at + 40)}`);
    const [, closing, name, list, empty] = match;
    if (name === undefined) continue;
    if (closing) close(open, name);
    else {
      const node = { name, attributes: attributesOf(list ?? ''), children: [] };
      (open.at(-1)?.children ?? roots).push(node);
      if (!empty) open.push(node);
    }
  }
  const [root] = roots;
  if (root === undefined || roots.length > 1 || open.length > 0)
    throw new NotWellFormed('not one whole element');
  return root;
}

function close(open: Open[], name: string): void {
  const last = open.pop();
  if (last?.name !== name) throw new NotWellFormed(`</${name}> closes ${last?.name ?? 'nothing'}`);
}

function attributesOf(list: string): ReadonlyMap<string, string> {
  const found = [...list.matchAll(ATTRIBUTE)].map(
    (match) => [match[1] ?? '', decode(match[2] ?? '')] as const,
  );
  const attributes = new Map(found);
  if (attributes.size < found.length) throw new NotWellFormed(`an attribute twice:${list}`);
  return attributes;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decode(value: string): string {
  return value.replace(/&([^;\s]*);?/g, (whole, name: string) => {
    const char = ENTITIES[name];
    if (char === undefined || !whole.endsWith(';')) throw new NotWellFormed(`entity ${whole}`);
    return char;
  });
}

/** The children of a node that have a name. */
export const named = (node: Node, name: string) => node.children.filter((child) => child.name === name);

/** A node's attribute, or the empty string. */
export const text = (node: Node, name: string) => node.attributes.get(name) ?? '';

/** A node's attribute as a number, or what it is when it is not there. */
export const number = (node: Node, name: string, otherwise = Number.NaN) => {
  const value = node.attributes.get(name);
  return value === undefined ? otherwise : Number(value);
};
