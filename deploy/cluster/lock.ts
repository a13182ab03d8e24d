import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../../runtime/failure.ts';
import { identityOf } from './identity.ts';

const Holder = z.object({ pid: z.int().positive(), identity: z.string() });
type Holder = z.infer<typeof Holder>;

/** Removing a dead cluster's lock and taking it is two steps, and another cluster may be between them. */
const ATTEMPTS = 3;

export type Lock = { readonly release: () => Promise<void> };

/**
 * Keeps a data folder to one cluster at a time. The lock of a cluster that is gone does not count, even when
 * its pid belongs to another process by now. Throws Failure `storage-unusable`.
 */
export async function takeLock(data: string): Promise<Lock> {
  const path = join(data, 'cluster.lock');
  const mine = { pid: process.pid, identity: (await identityOf(process.pid)) ?? '' };
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await place(path, mine)) return { release: () => rm(path, { force: true }) };
    const holder = await readHolder(path);
    if (holder && (await isAlive(holder))) throw inUse(data, holder);
    await removeStale(path, holder);
  }
  throw unwritable(data, 'its lock is taken again and again');
}

/** A link is made whole or not at all, and never over another. */
async function place(path: string, mine: Holder): Promise<boolean> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(draft, JSON.stringify(mine));
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw unwritable(join(path, '..'), error instanceof Error ? error.message : String(error));
  } finally {
    await rm(draft, { force: true }).catch(() => {});
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return Holder.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

const isAlive = async ({ pid, identity }: Holder) =>
  pid !== process.pid && (await identityOf(pid)) === identity;

/** Takes it aside first: what is removed is what was read, or it goes back. */
async function removeStale(path: string, stale: Holder | null): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  await rename(path, aside).catch(() => {});
  const moved = await readHolder(aside);
  if (moved && moved.identity !== stale?.identity) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

const codeOf = (error: unknown) =>
  error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;

const inUse = (data: string, { pid }: Holder) =>
  new Failure(
    'storage-unusable',
    `another cluster (pid ${pid}) works in ${data}`,
    'Stop it first, or name another folder with --data or HEADWATER_DATA, and move the ports',
  );

const unwritable = (data: string, problem: string) =>
  new Failure(
    'storage-unusable',
    `cannot work in ${data} (${problem})`,
    'Name a writable folder with --data or HEADWATER_DATA',
  );
