import {
  access,
  appendFile,
  copyFile,
  link as hardLink,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all: a crash leaves the old one or none. */
export async function writeWhole(path: string, bytes: Uint8Array | string, mode = 0o666): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.partial`;
  await writeFile(partial, bytes, { mode });
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

/** Adds bytes to the end of a file, making it where there is none. */
export async function append(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await appendFile(path, bytes);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    await appendFile(path, bytes);
  }
}

/** Gives a file a second name, or a copy where the disk knows no such names. One that is there already stays. */
export async function link(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await hardLink(from, to).catch(async (error) => {
    if (codeOf(error) === 'EEXIST') return;
    if (isAbsent(error)) throw error;
    await copyFile(from, to);
  });
}

/** Cuts a file down to its first bytes; false when it has fewer, or is not there. */
export async function truncate(path: string, size: number): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  if (there === null || there.size < size) return false;
  const file = await open(path, 'r+');
  await file.truncate(size).finally(() => file.close());
  return true;
}

/** A part of a file, or null when the file does not reach so far. */
export async function readRange(
  path: string,
  first: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  const file = await open(path).catch((error) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await file.read(bytes, 0, length, first);
    return bytesRead === length ? bytes : null;
  } finally {
    await file.close();
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

const codeOf = (error: unknown) =>
  error instanceof Error ? String((error as NodeJS.ErrnoException).code) : '';

const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
