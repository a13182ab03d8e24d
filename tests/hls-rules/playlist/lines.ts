import { type Attributes, parse } from './attributes.ts';
import { type Place, TAGS, type TagRule } from './tags.ts';

/** A line that says something. `at` counts from 1. */
export type Tag = {
  readonly kind: 'tag';
  readonly at: number;
  readonly name: string;
  readonly place: Place;
  /** As written; empty when there is none. */
  readonly value: string;
  readonly attributes: Attributes;
};
export type Line = Tag | { readonly kind: 'uri'; readonly at: number; readonly uri: string };

/** Ways in which a text is no playlist; each is a rule of its own. */
export type Fault =
  | 'encoding'
  | 'first-line'
  | 'tag-known'
  | 'tag-syntax'
  | 'attribute-list'
  | 'attribute-once'
  | 'attribute-required'
  | 'attribute-known'
  | 'tag-once'
  | 'tag-place'
  | 'uri-line';

export type Problem = { readonly fault: Fault; readonly text: string };

export type Read = { readonly lines: readonly Line[]; readonly problems: readonly Problem[] };

const NONE: Attributes = new Map();

/** Reads the lines of a playlist; what is malformed becomes a problem and is left out. */
export function read(bytes: Uint8Array): Read {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const problems = [...encodingProblems(text), ...firstLineProblems(text)];
  const lines = text.split(/\r?\n/).flatMap((line, index) => {
    const found = readLine(line, index + 1);
    problems.push(...found.problems);
    return found.lines;
  });
  return { lines, problems: [...problems, ...repeated(lines)] };
}

const fault = (kind: Fault, at: number, text: string): Problem => ({
  fault: kind,
  text: `line ${at}: ${text}`,
});

/** U+0000 to U+001F and U+007F to U+009F (§4.1), but line ends, and the tabs that §4.4.5.2 asks for. */
const isControl = (character: string) => {
  const code = character.codePointAt(0) ?? 0;
  return (code < 0x20 && !'\t\r\n'.includes(character)) || (code >= 0x7f && code <= 0x9f);
};

function encodingProblems(text: string): Problem[] {
  const wrong = [
    text.startsWith('\ufeff') && 'starts with a byte order mark',
    text.includes('\ufffd') && 'is not UTF-8',
    [...text].some(isControl) && 'contains a control character',
    text.normalize('NFC') !== text && 'is not in normalization form NFC',
  ];
  return wrong.flatMap((problem) => (problem === false ? [] : [{ fault: 'encoding', text: problem }]));
}

const firstLineProblems = (text: string): Problem[] =>
  /^\ufeff?#EXTM3U\r?\n/.test(text) ? [] : [{ fault: 'first-line', text: 'the first line is not #EXTM3U' }];

function readLine(line: string, at: number): Read {
  if (line.trim() === '') return { lines: [], problems: [] };
  if (!line.startsWith('#')) return readUri(line, at);
  if (!line.startsWith('#EXT')) return { lines: [], problems: [] };
  const colon = line.indexOf(':');
  const name = line.slice(1, colon < 0 ? undefined : colon);
  const value = colon < 0 ? null : line.slice(colon + 1);
  const rule = TAGS.get(name);
  if (rule === undefined) return { lines: [], problems: [fault('tag-known', at, `#${name} is not known`)] };
  return readTag({ name, value, at }, rule);
}

const readUri = (line: string, at: number): Read =>
  /\s/.test(line)
    ? { lines: [], problems: [fault('uri-line', at, `white space in '${line}'`)] }
    : { lines: [{ kind: 'uri', at, uri: line }], problems: [] };

type RawTag = { readonly name: string; readonly value: string | null; readonly at: number };

function readTag({ name, value, at }: RawTag, rule: TagRule): Read {
  const tag = { kind: 'tag', at, name, place: rule.place, value: value ?? '', attributes: NONE } as const;
  const malformed = { lines: [], problems: [fault('tag-syntax', at, `#${name}:${value ?? ''}`)] };
  if (rule.value === null) return value === null ? { lines: [tag], problems: [] } : malformed;
  if (value === null) return malformed;
  if (rule.value instanceof RegExp)
    return rule.value.test(value) ? { lines: [tag], problems: [] } : malformed;
  const list = parse(value);
  const problems = attributeProblems(name, at, list, rule.value);
  return { lines: [{ ...tag, attributes: list.attributes }], problems };
}

function attributeProblems(
  name: string,
  at: number,
  { attributes, repeated: twice, rest }: ReturnType<typeof parse>,
  rules: Exclude<TagRule['value'], null | RegExp>,
): readonly Problem[] {
  const missing = Object.entries(rules).filter(([key, { required }]) => required && !attributes.has(key));
  return [
    ...(rest === '' ? [] : [fault('attribute-list', at, `${name} ends in '${rest}'`)]),
    ...twice.map((key) => fault('attribute-once', at, `${name} has ${key} twice`)),
    ...missing.map(([key]) => fault('attribute-required', at, `${name} has no ${key}`)),
    ...[...attributes].flatMap(([key, value]) => valueProblems(name, at, key, value, rules)),
  ];
}

function valueProblems(
  name: string,
  at: number,
  key: string,
  value: string,
  rules: Exclude<TagRule['value'], null | RegExp>,
): readonly Problem[] {
  const rule = rules[key] ?? (key.startsWith('X-') ? rules['X-'] : undefined);
  if (rule === undefined) return [fault('attribute-known', at, `${name} has no attribute ${key}`)];
  return rule.format.test(value) ? [] : [fault('tag-syntax', at, `${name} with ${key}=${value}`)];
}

function repeated(lines: readonly Line[]): readonly Problem[] {
  const seen = new Set<string>();
  return lines.flatMap((line) => {
    if (line.kind === 'uri' || !TAGS.get(line.name)?.once) return [];
    if (seen.has(line.name)) return [fault('tag-once', line.at, `a second #${line.name}`)];
    seen.add(line.name);
    return [];
  });
}

/** Tags that have no place in a playlist of this kind (§4.4.3, §4.4.4, §4.4.6). */
export const misplaced = (lines: readonly Line[], kind: 'media' | 'multivariant'): readonly Problem[] =>
  lines.flatMap((line) => {
    if (line.kind === 'uri' || line.place === 'any') return [];
    if ((line.place === 'multivariant') === (kind === 'multivariant')) return [];
    return [fault('tag-place', line.at, `#${line.name} in a ${kind} playlist`)];
  });

/** The value of a tag that stands once, or null. */
export const single = (lines: readonly Line[], name: string): string | null =>
  tagsNamed(lines, name)[0]?.value ?? null;

export const tagsNamed = (lines: readonly Line[], name: string): readonly Tag[] =>
  lines.filter((line) => line.kind === 'tag').filter((line) => line.name === name);
