import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { systemClock } from '../../runtime/clock.ts';
import { describeAll, edge, film, hear } from '../../tests/fleet.ts';
import { type Nats, startNats, testBus } from '../../tests/nats.ts';
import { quiet } from '../../tests/quiet.ts';
import { KEYS } from '../../tests/tokens.ts';
import { Catalog } from '../../wire/catalog.ts';
import type { Presentation, State } from '../../wire/presentation.ts';
import { Channels } from '../channels.ts';
import { Registry } from '../registry.ts';
import { Tokens } from '../tokens.ts';
import { api } from './api.ts';

const NOW = 1_000_000;
const TOKEN = 'a token of the admin';

let nats: Nats;
let channels: Channels;
let tokens: Tokens;
let close: () => Promise<void>;

beforeAll(async () => {
  nats = await startNats();
  const bus = await testBus(nats);
  channels = await Channels.open(bus);
  tokens = await Tokens.open({ bus, keys: KEYS, clock: systemClock, log: quiet });
  close = async () => {
    await channels.close();
    await tokens.close();
    await bus.close();
    await nats.remove();
  };
});

afterAll(() => close());

function serving(presentations: readonly Presentation[] = [], edges: Parameters<typeof hear>[1][] = []) {
  const catalog = new Catalog();
  describeAll(catalog, presentations);
  const registry = new Registry();
  for (const one of edges) hear(registry, one, NOW);
  const clock = { now: () => NOW + 500, every: () => () => {} };
  const app = api({ catalog, registry, channels, tokens, clock, adminToken: TOKEN });
  const get = (path: string, authorization?: string) =>
    app.request(`http://video.example:8080${path}`, {
      headers: authorization ? { Authorization: authorization } : {},
    });
  const json = async (path: string, authorization?: string) => (await get(path, authorization)).json();
  return { get, json };
}

describe('presentations', () => {
  test('say what a page needs to show and play them', async () => {
    expect(await serving([film('bbb')]).json('/presentations')).toEqual({
      items: [
        {
          ...{ id: 'bbb', title: 'The film bbb', kind: 'vod', state: 'ready', durationMs: 30_000 },
          poster: '/play/bbb/poster.jpg',
          play: { hls: '/play/bbb.m3u8', dash: '/play/bbb.mpd', whep: null },
          protection: 'none',
          outputs: ['hls', 'dash'],
          tracks: [
            { id: 'v720', kind: 'video', codec: 'avc1.64001f', width: 1_280, height: 720, frameRate: 24 },
            {
              id: 'a128',
              kind: 'audio',
              codec: 'mp4a.40.2',
              channels: 2,
              sampleRate: 48_000,
              language: 'und',
            },
          ],
        },
      ],
      next: null,
    });
  });

  test.each<[State, object]>([
    [
      { name: 'packaging', progress: 0.5 },
      { state: 'packaging', progress: 0.5 },
    ],
    [
      { name: 'live', since: 7 },
      { state: 'live', since: 7 },
    ],
    [
      { name: 'offline', since: 7, reason: 'asleep' },
      { state: 'offline', since: 7, reason: 'asleep' },
    ],
    [
      { name: 'failed', at: 7, reason: 'torn' },
      { state: 'failed', reason: 'torn' },
    ],
  ])('say their state: %p', async (state, said) => {
    const { items } = await serving([film('bbb', { state, poster: false })]).json('/presentations');
    expect(items).toMatchObject([{ ...said, poster: null }]);
  });

  test('come in pages that together are all of them, once', async () => {
    const ids = Array.from({ length: 25 }, (_, index) => `p${String(index).padStart(2, '0')}`);
    const { json } = serving(ids.map((id) => film(id)));
    const seen: string[] = [];
    let path = '/presentations?limit=10';
    for (let pages = 0; pages < 10; pages++) {
      const { items, next } = await json(path);
      seen.push(...items.map(({ id }: { id: string }) => id));
      if (next === null) break;
      expect(items).toHaveLength(10);
      path = `/presentations?limit=10&after=${next}`;
    }
    expect(seen).toEqual(ids);
  });

  test('that fill their last page need no empty one behind it', async () => {
    const { json } = serving([film('a'), film('b')]);
    expect((await json('/presentations?limit=2')).next).toBeNull();
    expect(await json('/presentations?after=b')).toEqual({ items: [], next: null });
  });

  test.each(['0', '501', '-1', '1.5', 'ten'])('are not given %s at a time', async (limit) => {
    const response = await serving().get(`/presentations?limit=${limit}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'bad-request', message: expect.stringContaining('limit') },
    });
  });
});

describe('nodes', () => {
  test('are told to who bears the admin token', async () => {
    const { json } = serving([], [{ viewers: 3 }, { edge: edge('edge-2'), draining: true, ttlMs: 60_000 }]);
    expect((await json('/nodes', `Bearer ${TOKEN}`)).items).toMatchObject([
      {
        id: 'edge-1',
        state: 'alive',
        viewers: 3,
        capacity: 100,
        url: 'http://10.0.0.1:8081',
        leaseAgeMs: 500,
      },
      { id: 'edge-2', state: 'draining', draining: true },
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['another token', 'Bearer another token'],
    ['the start of the token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['another scheme', `Basic ${TOKEN}`],
    ['no token', 'Bearer '],
    ['the token alone', TOKEN],
  ])('are not told to who shows %s', async (_, authorization) => {
    const response = await serving([], [{}]).get('/nodes', authorization);
    expect(response.status).toBe(401);
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ error: { code: 'unauthorized' } });
  });
});

describe('the API', () => {
  test('describes what it serves, and serves what it describes', async () => {
    const { get, json } = serving();
    const document = await json('/openapi.json');
    expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api/v1' }] });
    const paths = Object.keys(document.paths);
    expect(paths).toEqual(expect.arrayContaining(['/presentations', '/nodes']));
    for (const path of paths) {
      const { get: operation } = document.paths[path];
      if (operation === undefined || path.includes('{')) continue;
      const response = await get(path, operation.security ? `Bearer ${TOKEN}` : undefined);
      expect(response.status).toBe(200);
      if (operation.security) expect((await get(path)).status).toBe(401);
    }
  });

  test('answers in JSON for what is not there', async () => {
    const response = await serving().get('/nothing');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
  });
});
