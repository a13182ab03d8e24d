import { posix } from 'node:path';

/** A source file: its path from the root of the tree, and its text. */
export type Source = { readonly path: string; readonly text: string };

type Import = { readonly from: string; readonly to: string };

const LINES_MAX = 400;

/** Which folders a folder may import from, besides itself, and why no others. */
const ALLOWED: Readonly<Record<string, { readonly from: readonly string[]; readonly why: string }>> = {
  media: { from: [], why: 'media is pure and stands alone, so that it can be used anywhere' },
  runtime: {
    from: [],
    why: 'runtime knows nothing of video, so that it stays the thin layer over Bun, Deno and Node',
  },
  wire: { from: ['media'], why: 'wire is only what nodes say to one another, in the words of media' },
  origin: node('origin'),
  edge: node('edge'),
  coordinator: node('coordinator'),
  loadtest: node('loadtest'),
  deploy: { from: ['wire', 'runtime'], why: 'deploy starts nodes as separate processes, as production does' },
};

function node(name: string) {
  return {
    from: ['wire', 'media', 'runtime'],
    why: `${name} shares nothing with other nodes but wire, so that each can be replaced alone`,
  };
}

/** Each way in which the sources break the rules of the tree, as a sentence. Tests may import anything. */
export function violations(sources: readonly Source[]): readonly string[] {
  const code = sources.filter(({ path }) => !isTest(path));
  const imports = code.flatMap(importsOf);
  return [
    ...sources.flatMap(tooLong),
    ...imports.flatMap(crossing),
    ...code.flatMap(runtimeGlobals),
    ...imports.flatMap(setupImports),
    ...cycles(imports),
  ];
}

const isTest = (path: string) => path.startsWith('tests/') || /\.test\.[a-z]+$/.test(path);
const folderOf = (path: string) => path.slice(0, path.indexOf('/') + 1).replace('/', '');

function tooLong({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1;
  if (lines <= LINES_MAX) return [];
  return [`${path} has ${lines} lines: a file of more than ${LINES_MAX} is asking to be two.`];
}

function crossing({ from, to }: Import): readonly string[] {
  const rule = ALLOWED[folderOf(from)];
  const target = folderOf(to);
  if (!rule || !(target in ALLOWED || target === 'tests') || target === folderOf(from)) return [];
  return rule.from.includes(target) ? [] : [`${from} imports ${to}: ${rule.why}.`];
}

const GLOBAL = /(?<![.\w$])(Bun|Deno)\b(?!\s*:)/;

function runtimeGlobals({ path, text }: Source): readonly string[] {
  if (folderOf(path) === 'runtime') return [];
  const name = GLOBAL.exec(blank(text, { strings: true }))?.[1];
  const module = importsOf({ path, text }).find(({ to }) => /^bun(:|$)/.test(to))?.to;
  const found = name ?? module;
  if (!found) return [];
  return [`${path} uses ${found}: only runtime does, so that the rest runs on Bun, Deno and Node alike.`];
}

function setupImports({ from, to }: Import): readonly string[] {
  const isSetup = from === 'deploy/setup.mjs' || from.startsWith('deploy/setup/');
  if (!isSetup || to.startsWith('node:') || to.startsWith('deploy/setup/')) return [];
  return [`${from} imports ${to}: set-up runs on Node alone, before anything is installed.`];
}

/** One sentence for each file that closes a circle; types count too, as reading does not skip them. */
function cycles(imports: readonly Import[]): readonly string[] {
  const graph = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(circle([...trail.slice(start), path]));
    if (start >= 0 || done.has(path)) return;
    for (const { to } of graph.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

const circle = (trail: readonly string[]) =>
  `${trail.join(' imports ')}: a circle has no place to start reading.`;

const IMPORT = /\b(?:from|import)\s*\(?\s*(['"])([^'"\n]+)\1/g;

/** What a file imports: files of ours by their path from the root, others by their name. */
function importsOf({ path, text }: Source): readonly Import[] {
  const named = [...blank(text, { strings: false }).matchAll(IMPORT)].map((match) => match[2] ?? '');
  return named.map((to) => ({ from: path, to: to.startsWith('.') ? posix.join(path, '..', to) : to }));
}

const QUIET = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`(?:\\[\s\S]|[^`\\])*`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g;

/** The text without comments and templates and, when asked, without strings. */
const blank = (text: string, { strings }: { readonly strings: boolean }) =>
  text.replace(QUIET, (found) => (/^['"]/.test(found) && !strings ? found : ' '));
