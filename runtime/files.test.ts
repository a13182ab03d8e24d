import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Files from './files.ts';
import { openSecrets } from './secrets.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file', () => {
  test('is written with the folders above it, and nothing beside it', async () => {
    await Files.writeWhole(join(folder, 'a/b/c.txt'), 'hello');
    expect(await readFile(join(folder, 'a/b/c.txt'), 'utf8')).toBe('hello');
    expect(await Files.list(join(folder, 'a/b'))).toEqual(['c.txt']);
  });

  test('that is written again is replaced', async () => {
    await Files.writeWhole(join(folder, 'x'), 'a long first text');
    await Files.writeWhole(join(folder, 'x'), Uint8Array.of(1, 2));
    expect(await Files.readIfThere(join(folder, 'x'))).toEqual(Uint8Array.of(1, 2));
  });

  test.each(['missing', 'missing/below', 'x/below'])('%s is null', async (path) => {
    await Files.writeWhole(join(folder, 'x'), '');
    expect(await Files.readIfThere(join(folder, path))).toBeNull();
    expect(await Files.exists(join(folder, path))).toBe(false);
  });

  test('that can not be read is an error, not a missing one', async () => {
    expect(Files.readIfThere(folder)).rejects.toThrow();
  });

  test('and folders are removed with all in them; what is not there is no trouble', async () => {
    await Files.writeWhole(join(folder, 'a/b'), '');
    await Files.remove(join(folder, 'a'));
    await Files.remove(join(folder, 'a'));
    expect(await Files.list(folder)).toEqual([]);
    expect(await Files.list(join(folder, 'a'))).toEqual([]);
  });
});

describe('secrets', () => {
  test('are made at the first start and kept', async () => {
    const first = await openSecrets(join(folder, 'data'));
    const second = await openSecrets(join(folder, 'data'));
    expect(first.fresh).toBe(true);
    expect(second).toEqual({ secrets: first.secrets, fresh: false });
    expect(first.secrets.adminToken).toMatch(/^[\w-]{32}$/);
    expect(new Set(first.secrets.tokenKeys).size).toBe(2);
    for (const key of first.secrets.tokenKeys) expect(key).toMatch(/^[\w-]{43}$/);
  });

  test('of an earlier version get keys, and stay what they were', async () => {
    const adminToken = 'the token of the admin';
    await writeFile(join(folder, 'secrets.json'), JSON.stringify({ adminToken }));
    const first = await openSecrets(folder);
    expect(first).toMatchObject({ fresh: false, secrets: { adminToken } });
    expect(await openSecrets(folder)).toEqual(first);
  });

  test('are of this cluster alone', async () => {
    const one = await openSecrets(join(folder, 'one'));
    const other = await openSecrets(join(folder, 'other'));
    expect(one.secrets.adminToken).not.toBe(other.secrets.adminToken);
    expect(one.secrets.tokenKeys).not.toEqual(other.secrets.tokenKeys);
  });

  test('are readable for nobody else', async () => {
    await openSecrets(folder);
    expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['no JSON', '{"adminToken"'],
    ['empty', ''],
    ['without a token', '{}'],
    ['of a token too short to be one', '{"adminToken":"short"}'],
  ])('that are %s stop the start: they are never replaced unasked', async (_, text) => {
    await writeFile(join(folder, 'secrets.json'), text);
    const error = await openSecrets(folder).catch((one) => one);
    expect(error).toMatchObject({ code: 'storage-unusable', remedy: expect.stringContaining('Delete it') });
    expect(await readFile(join(folder, 'secrets.json'), 'utf8')).toBe(text);
  });

  test.each([
    ['a file', 'data', () => writeFile(join(folder, 'data'), '')],
    ['below a file', 'data/below', () => writeFile(join(folder, 'data'), '')],
    ['a folder where the file should be', '.', () => mkdir(join(folder, 'secrets.json'))],
  ])('can not be kept in %s', async (_, path, prepare) => {
    await prepare();
    const error = await openSecrets(join(folder, path)).catch((one) => one);
    expect(error).toMatchObject({ name: 'Failure', code: 'storage-unusable' });
  });
});
