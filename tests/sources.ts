import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Source } from './imports.ts';

/** Folders that hold code of ours. */
export const FOLDERS = [
  'wire',
  'media',
  'runtime',
  'origin',
  'edge',
  'coordinator',
  'deploy',
  'loadtest',
] as const;

/** Every file with code of ours, tests included. */
export async function readSources(root: string): Promise<readonly Source[]> {
  const paths = await filesIn(root, [...FOLDERS, 'tests'], /\.(ts|tsx|mts|js|mjs)$/);
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })));
}

/** Paths from `root`, in order, of the files under `folders` whose names match. */
export async function filesIn(
  root: string,
  folders: readonly string[],
  name: RegExp,
): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      const files = entries.filter((entry) => entry.isFile() && name.test(entry.name));
      return files.map((entry) => relative(root, join(entry.parentPath, entry.name)));
    }),
  );
  return found.flat().sort();
}
