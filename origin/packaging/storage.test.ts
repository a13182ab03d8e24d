import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Epoch, PresentationId, TrackId } from '../../wire/ids.ts';
import { keyOf, openStorage } from './storage.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-storage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = {
  presentation: PresentationId.parse('bbb'),
  track: TrackId.parse('v720'),
  epoch: Epoch.parse('mi7d2k1x'),
};

test('media lies under keys that follow its paths', () => {
  expect(keyOf({ kind: 'segment', number: 7, ...at })).toBe('bbb/v720/mi7d2k1x/7.m4s');
  expect(keyOf({ kind: 'init', ...at })).toBe('bbb/v720/mi7d2k1x/init.mp4');
  expect(keyOf({ kind: 'poster', presentation: at.presentation })).toBe('bbb/poster.jpg');
});

describe('storage', () => {
  test('keeps, lists, gives back and removes', async () => {
    const storage = await openStorage(`file:${join(folder, 'media')}`);
    const key = keyOf({ kind: 'segment', number: 7, ...at });
    expect(await storage.get(key)).toBeNull();
    await storage.put(key, Uint8Array.of(1, 2, 3));
    expect(await storage.get(key)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await storage.list('bbb/v720/mi7d2k1x')).toEqual(['7.m4s']);
    expect(await storage.list('')).toEqual(['bbb']);
    await storage.remove('bbb');
    expect(await storage.get(key)).toBeNull();
    await storage.remove('bbb');
  });

  test('of another kind than a folder is refused', async () => {
    const error = await openStorage('ftp://x').catch((one) => one);
    expect(error).toMatchObject({ name: 'Failure', code: 'bad-setting' });
  });

  test('that can not be written to is refused at the start, not at the first segment', async () => {
    await writeFile(join(folder, 'media'), '');
    const error = await openStorage(`file:${join(folder, 'media')}`).catch((one) => one);
    expect(error).toMatchObject({ name: 'Failure', code: 'storage-unusable' });
  });
});
