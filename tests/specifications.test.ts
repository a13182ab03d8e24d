import { expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from './imports.ts';
import { readSources } from './sources.ts';

const root = join(import.meta.dirname, '..');

/** How a comment names a standard, up to its section. */
const CITATION = new RegExp(
  `\\b(${[
    'RFC \\d+',
    'ISO/IEC \\d+-\\d+',
    'ISO \\d+-\\d+',
    'BCP \\d+',
    'draft-[a-z]+(?:-[a-z0-9]+)+',
    'W3C [A-Z]+',
    'Fetch standard',
    '\\w+ Codec ISO Media File Format Binding',
    '\\w+ Bitstream & Decoding Process Specification',
    'Adobe (?:RTMP|FLV|AMF0)',
    'Enhanced RTMP',
    'Encapsulation of \\w+ in ISO Base Media File Format',
  ].join('|')})\\b`,
  'g',
);

type Pair = `${string}: ${string}`;

/** `standard: file` for each standard that a file cites, comment marks and line ends left out. */
const citedBy = ({ path, text }: Source): Pair[] => {
  const flowing = text.replaceAll(/\n\s*(\*|\/\/)?\s*/g, ' ');
  return [...flowing.matchAll(CITATION)].map(([, name]) => `${name}: ${path}` as const);
};

/** The same pairs, from the rows of the first table; an empty first cell repeats the standard above it. */
function listed(page: string): Pair[] {
  const [first = ''] = page.split(/^## /m);
  let standard = '';
  return first.split('\n').flatMap((line) => {
    const [, name = '', , , files = ''] = line.split('|').map((cell) => cell.trim());
    standard = name || standard;
    return pathsIn(files).map((file) => `${standard}: ${file}` as const);
  });
}

const pathsIn = (text: string) => [...text.matchAll(/`([^`]+\/[^`]+)`/g)].map((match) => match[1] ?? '');

const isCode = ({ path }: Source) => !path.startsWith('tests/') && !path.includes('.test.');
const page = await readFile(join(root, 'docs', 'specifications.md'), 'utf8');
const sources = (await readSources(root)).filter(isCode);

test('each standard that a file cites is listed with the file, and no other', () => {
  const cited = new Set(sources.flatMap(citedBy));
  expect(cited.size).toBeGreaterThan(20);
  expect([...new Set(listed(page))].sort()).toEqual([...cited].sort());
});

test('each file that is listed exists', () => {
  const paths = new Set(sources.map(({ path }) => path));
  expect(pathsIn(page).filter((path) => !paths.has(path) && path !== 'tests/specifications.test.ts')).toEqual(
    [],
  );
});

test.each([
  ['/** RFC 9110 §14.2. */', ['RFC 9110: a.ts']],
  [
    '/**\n * As ISO/IEC 14496-12\n * and draft-pantos-hls-rfc8216bis §4.2 say. */',
    ['ISO/IEC 14496-12: a.ts', 'draft-pantos-hls-rfc8216bis: a.ts'],
  ],
  ['// by RFC\n// 6381', ['RFC 6381: a.ts']],
  ['const draft = `draft-1`;', []],
] as const)('%j cites %j', (text, cited) => {
  expect(citedBy({ path: 'a.ts', text })).toEqual([...cited]);
});

test('a row without a standard belongs to the one above', () => {
  const rows = '| RFC 1 | | 2 | `a/b.ts` |\n| | | 3 | `c/d.ts`, `e/f.ts` |\n## Other\n| x | | | `g/h.ts` |';
  expect(listed(rows)).toEqual(['RFC 1: a/b.ts', 'RFC 1: c/d.ts', 'RFC 1: e/f.ts']);
});
