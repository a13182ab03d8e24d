import { access, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all: a crash leaves the old one or none. */
export async function writeWhole(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  await writeFile(partial, bytes);
  await rename(partial, path);
}

/** The bytes of a file, or null when there is none. */
export async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Removes a file or folder with all in it; nothing happens when there is none. */
export const remove = (path: string) => rm(path, { recursive: true, force: true });

/** The names in a folder; none when there is no such folder. */
export async function list(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

export const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

export { mkdir, stat };

const isAbsent = (error: unknown) =>
  error instanceof Error && ['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code));
