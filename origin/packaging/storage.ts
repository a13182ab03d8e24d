import { join } from 'node:path';
import { Failure } from '../../runtime/failure.ts';
import * as Files from '../../runtime/files.ts';
import { type MediaPath, print } from '../../wire/paths.ts';

/** Where media lies, by key such as `bbb/v720/mi7d2k1x/0.m4s`. */
export type Storage = {
  /** Stores whole or not at all. */
  readonly put: (key: string, bytes: Uint8Array) => Promise<void>;
  /** Adds bytes to the end of what is there. */
  readonly append: (key: string, bytes: Uint8Array) => Promise<void>;
  /** Cuts what is there down to its first bytes; false when there are fewer. */
  readonly truncate: (key: string, size: number) => Promise<boolean>;
  /** A part of what is there; null when there is not so much. */
  readonly getRange: (key: string, first: number, length: number) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Gives what is there a second key; each can be removed without the other. */
  readonly link: (from: string, to: string) => Promise<void>;
  /** Null when there is none. */
  readonly get: (key: string) => Promise<Uint8Array<ArrayBuffer> | null>;
  /** Removes a key and all below it. */
  readonly remove: (key: string) => Promise<void>;
  /** Names directly below a key. */
  readonly list: (key: string) => Promise<readonly string[]>;
};

/** Opens `file:<folder>`. Throws Failure `bad-setting` or `storage-unusable`. */
export async function openStorage(url: string): Promise<Storage> {
  if (!url.startsWith('file:')) {
    throw new Failure(
      'bad-setting',
      `storage '${url}' is not understood`,
      'Set HEADWATER_STORAGE_URL to file:<folder>',
    );
  }
  const folder = url.slice('file:'.length);
  await proveWritable(folder);
  return {
    put: (key, bytes) => Files.writeWhole(join(folder, key), bytes),
    append: (key, bytes) => Files.append(join(folder, key), bytes),
    truncate: (key, size) => Files.truncate(join(folder, key), size),
    getRange: (key, first, length) => Files.readRange(join(folder, key), first, length),
    link: (from, to) => Files.link(join(folder, from), join(folder, to)),
    get: (key) => Files.readIfThere(join(folder, key)),
    remove: (key) => Files.remove(join(folder, key)),
    list: (key) => Files.list(join(folder, key)),
  };
}

async function proveWritable(folder: string): Promise<void> {
  try {
    await Files.writeWhole(join(folder, '.writable'), '');
    await Files.remove(join(folder, '.writable'));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new Failure(
      'storage-unusable',
      `cannot write to ${folder} (${problem})`,
      'Make it writable, or name another folder in HEADWATER_STORAGE_URL',
    );
  }
}

/** Where the bytes of a media path lie: as the path, below the folder of all media. */
export const keyOf = (path: MediaPath): string => print(path).slice('/v/'.length);
