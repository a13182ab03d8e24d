import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Where a program stands on the PATH, or null.
 * @param {string} name
 */
export function find(name) {
  const places = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find(isRunnable) ?? null;
}

/** @param {string} path */
export function isRunnable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Debian installs nats-server into a folder that is not on every user's PATH.
 * @param {string} path
 */
export function withSystemFolders(path) {
  const folders = path.split(delimiter);
  const system = process.platform === 'darwin' ? ['/opt/homebrew/bin', '/usr/local/bin'] : [];
  const wanted = [...system, '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return [...folders, ...wanted.filter((folder) => !folders.includes(folder))].join(delimiter);
}
