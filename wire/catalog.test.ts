import { describe, expect, test } from 'bun:test';
import { Catalog } from './catalog.ts';
import { PresentationId } from './ids.ts';
import type { Presentation } from './presentation.ts';

const bbb = PresentationId.parse('bbb');

const film: Presentation = {
  id: bbb,
  title: 'Big Buck Bunny',
  kind: 'vod',
  state: { name: 'ready', at: 1_700_000_000_000 },
  chunkDurationMs: null,
  targetDurationMs: 2000,
  windowMs: 0,
  durationMs: 30_000,
  poster: true,
  outputs: ['hls', 'dash'],
  protection: 'none',
  onDemand: false,
  tracks: [],
};

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('the catalog', () => {
  test('knows what was described, as it was described last', () => {
    const catalog = new Catalog();
    expect(catalog.get(bbb)).toBeNull();
    expect(catalog.update('bbb', bytes(film))).toBe(true);
    expect(catalog.get(bbb)).toEqual(film);
    expect(catalog.update('bbb', bytes({ ...film, title: 'Another' }))).toBe(true);
    expect(catalog.get(bbb)?.title).toBe('Another');
  });

  test.each([
    ['not JSON', new TextEncoder().encode('{')],
    ['empty', new Uint8Array()],
    ['of another presentation', bytes({ ...film, id: 'other' })],
    ['without a state', bytes({ ...film, state: undefined })],
    ['of a state that nobody knows', bytes({ ...film, state: { name: 'napping' } })],
    ['with a progress of 2', bytes({ ...film, state: { name: 'packaging', progress: 2 } })],
    [
      'with a bad track',
      bytes({ ...film, tracks: [{ id: 'v720', timescale: 0, media: { kind: 'video' } }] }),
    ],
    [
      'with too many tracks',
      bytes({
        ...film,
        tracks: Array.from({ length: 65 }, (_, index) => ({
          id: `a${index}`,
          timescale: 48_000,
          media: { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000, language: 'und' },
        })),
      }),
    ],
  ])('refuses a description that is %s, and keeps the last good one', (_, description) => {
    const catalog = new Catalog();
    catalog.update('bbb', bytes(film));
    expect(catalog.update('bbb', description)).toBe(false);
    expect(catalog.get(bbb)).toEqual(film);
  });

  test('forgets what was removed, and takes a second removal for what it is', () => {
    const catalog = new Catalog();
    catalog.update('bbb', bytes(film));
    expect(catalog.update('bbb', null)).toBe(true);
    expect(catalog.get(bbb)).toBeNull();
    expect(catalog.update('bbb', null)).toBe(true);
  });

  test('lists in the order of ids', () => {
    const catalog = new Catalog();
    for (const id of ['c', 'a', 'b']) catalog.update(id, bytes({ ...film, id }));
    expect(catalog.all().map(({ id }) => `${id}`)).toEqual(['a', 'b', 'c']);
  });
});

test('says when a presentation appears, and gives up waiting for one that does not', async () => {
  const catalog = new Catalog();
  const appears = catalog.appears(bbb, 60_000);
  catalog.update('bbb', bytes(film));
  await appears;
  await catalog.appears(bbb, 60_000);
  await catalog.appears(PresentationId.parse('never'), 1);
});
