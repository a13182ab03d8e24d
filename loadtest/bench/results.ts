import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWhole } from '../../runtime/files.ts';

const FOLDER = fileURLToPath(new URL('../results/', import.meta.url));

/** Keeps the figures of a bench as JSON; gives the file's path from the root of the tree. */
export async function saveResults(bench: string, figures: object): Promise<string> {
  const at = new Date().toISOString();
  const name = `${bench}-${at.replace(/[:.]/g, '-')}.json`;
  await writeWhole(join(FOLDER, name), `${JSON.stringify({ bench, at, ...figures }, null, 2)}\n`);
  return `loadtest/results/${name}`;
}
