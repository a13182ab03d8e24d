import { expect, test } from 'bun:test';
import { film } from '../tests/fleet.ts';
import { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import { ReadyManifests } from './ready.ts';
import type { Replica } from './replica.ts';
import { store } from './stored.ts';

const PATH = '/v/bbb/index.m3u8';
const bbb = PresentationId.parse('bbb');
const stored = store(new Uint8Array(4), '"1"', 'application/vnd.apple.mpegurl', 'public');

/** A manifest of `bbb` that is kept, its replica's state, and how often it was asked for. */
function kept() {
  const catalog = new Catalog();
  const describe = () => catalog.update(bbb, new TextEncoder().encode(JSON.stringify(film('bbb'))));
  describe();
  const presentation = catalog.get(bbb);
  if (presentation === null) throw new Error('the film can not be read');
  const replica = { revision: 3 };
  const asked = { times: 0 };
  const ready = new ReadyManifests(catalog);
  const onAsked = () => {
    asked.times += 1;
  };
  const made = { stored, presentation, replica: replica as unknown as Replica, revision: 3, onAsked };
  ready.keep(PATH, made);
  return { ready, catalog, replica, asked, describe, made };
}

test('what stands is found, and says that it was asked for', () => {
  const { ready, asked } = kept();
  expect(ready.peek(PATH)).toBe(stored);
  expect(ready.peek(PATH)).toBe(stored);
  ready.tell();
  expect(asked.times).toBe(1);
  ready.tell();
  expect(asked.times).toBe(1);
});

test('another path is not', () => {
  const { ready, asked } = kept();
  expect(ready.peek('/v/bbb/v720/index.m3u8')).toBeNull();
  expect(asked.times).toBe(0);
});

test('it falls with a change of a timeline', () => {
  const { ready, replica } = kept();
  replica.revision += 1;
  expect(ready.peek(PATH)).toBeNull();
});

test('it falls with a new description, and with the presentation', () => {
  const { ready, catalog, describe } = kept();
  describe();
  expect(ready.peek(PATH)).toBeNull();
  catalog.update(bbb, null);
  expect(ready.peek(PATH)).toBeNull();
});

test('strangers can not fill it', () => {
  const { ready, made } = kept();
  for (let at = 0; at < 10_000; at++) ready.keep(`/v/bbb/t${at}/index.m3u8`, made);
  expect(ready.size).toBeLessThanOrEqual(4_096);
});
