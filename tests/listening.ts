import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** The process that listens on a TCP port, found as `ss` finds it: by the socket's inode. */
export async function pidListening(port: number): Promise<number> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => Bun.file(`/proc/net/${name}`).text()));
  const line = tables
    .flatMap((table) => table.split('\n'))
    .map((row) => row.trim().split(/\s+/))
    .find(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A');
  const inode = line?.[9];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await hasSocket(pid, inode ?? '')) return Number(pid);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function hasSocket(pid: string, inode: string): Promise<boolean> {
  const folder = join('/proc', pid, 'fd');
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(join(folder, file)).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}
