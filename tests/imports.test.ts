import { expect, test } from 'bun:test';
import { violations } from './imports.ts';
import { readSources } from './sources.ts';

const root = `${import.meta.dirname}/..`;
const source = (path: string, text: string) => ({ path, text });

test('this tree keeps its rules', async () => {
  const sources = await readSources(root);
  expect(sources.length).toBeGreaterThan(20);
  expect(violations(sources)).toEqual([]);
});

const BROKEN: readonly [what: string, files: Readonly<Record<string, string>>, sentence: RegExp][] = [
  [
    'media imports wire',
    { 'media/a.ts': "import { b } from '../wire/b.ts';" },
    /^media\/a.ts imports wire\/b.ts/,
  ],
  ['a type of runtime', { 'media/a.ts': "import type { B } from '../runtime/b.ts';" }, /stands alone/],
  [
    'runtime imports media',
    { 'runtime/a.ts': "export { b } from '../media/b.ts';" },
    /knows nothing of video/,
  ],
  ['wire imports runtime', { 'wire/a.ts': "import '../runtime/b.ts';" }, /^wire\/a.ts imports runtime\/b.ts/],
  [
    'edge imports origin',
    { 'edge/x/a.ts': "const b = await import('../../origin/b.ts');" },
    /shares nothing/,
  ],
  ['deploy imports a node', { 'deploy/a.ts': "import { b } from '../edge/b.ts';" }, /separate processes/],
  [
    'code imports a test',
    { 'edge/a.ts': "import { b } from '../tests/b.ts';" },
    /^edge\/a.ts imports tests\/b.ts/,
  ],
  ['the global Bun', { 'edge/a.ts': 'const file = Bun.file(path);' }, /^edge\/a.ts uses Bun/],
  ['the global Deno', { 'loadtest/a.ts': 'if (typeof Deno !== "undefined") go();' }, /uses Deno/],
  ["a module of Bun's", { 'origin/a.ts': "import { Database } from 'bun:sqlite';" }, /uses bun:sqlite/],
  [
    'set-up needs a package',
    { 'deploy/setup/a.mjs': "import { z } from 'zod';" },
    /before anything is installed/,
  ],
  [
    'a circle',
    { 'edge/a.ts': "import './b.ts';", 'edge/b.ts': "import './c.ts';", 'edge/c.ts': "import './a.ts';" },
    /^edge\/a.ts imports edge\/b.ts imports edge\/c.ts imports edge\/a.ts/,
  ],
  ['a file too long', { 'edge/a.test.ts': 'x\n'.repeat(401) }, /401 lines/],
];

test.each(BROKEN)('is refused: %s', (_, files, sentence) => {
  const found = violations(Object.entries(files).map(([path, text]) => source(path, text)));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(sentence);
});

const SOUND: readonly [what: string, path: string, text: string][] = [
  [
    'a node imports wire, media and runtime',
    'edge/a.ts',
    "import '../wire/b.ts';\nimport '../media/c.ts';\nimport '../runtime/d.ts';",
  ],
  [
    'a test imports anything',
    'media/a.test.ts',
    "import { test } from 'bun:test';\nimport '../origin/b.ts';",
  ],
  ['runtime uses Bun', 'runtime/a.ts', 'export const port = Bun.serve({}).port;'],
  ['words in comments', 'edge/a.ts', "// like import '../origin/b.ts', on Bun\n/* Deno */"],
  ['words in strings', 'edge/a.ts', "const hint = 'runs on Bun';\nconst t = `from '../origin/b.ts'`;"],
  ['a file of 400 lines', 'edge/a.ts', 'x\n'.repeat(400)],
];

test.each(SOUND)('is accepted: %s', (_, path, text) => {
  expect(violations([source(path, text)])).toEqual([]);
});
