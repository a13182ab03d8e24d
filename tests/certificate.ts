import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const read = (name: string) => readFile(join(import.meta.dirname, 'certificate', name), 'utf8');

/**
 * A certificate for localhost that nobody trusts, in PEM. It is kept in the tree, for a hundred years, since not every
 * machine has a program that makes one.
 */
export const certificate = async (): Promise<{ readonly key: string; readonly cert: string }> => ({
  key: await read('key.pem'),
  cert: await read('cert.pem'),
});
