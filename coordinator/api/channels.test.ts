import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Bus, openBucket } from '../../runtime/bus.ts';
import { systemClock } from '../../runtime/clock.ts';
import { isKey } from '../../runtime/keys.ts';
import { describeAll, film } from '../../tests/fleet.ts';
import { type Nats, startNats, testBus } from '../../tests/nats.ts';
import { quiet } from '../../tests/quiet.ts';
import { KEYS } from '../../tests/tokens.ts';
import { Catalog } from '../../wire/catalog.ts';
import { ORIGIN_KEY, type OriginCard } from '../../wire/origin-card.ts';
import { ORIGINS_BUCKET } from '../../wire/subjects.ts';
import { WIRE_VERSION } from '../../wire/version.ts';
import { Channels } from '../channels.ts';
import { Registry } from '../registry.ts';
import { Tokens } from '../tokens.ts';
import { api } from './api.ts';

const TOKEN = 'a token of the admin';
const CARD: OriginCard = {
  version: WIRE_VERSION,
  publicHost: 'in.example',
  addresses: [],
  machine: 'elsewhere',
  ports: { http: 8090, rtmp: 1935, srt: 8890, rtsp: null },
};

let nats: Nats;
let bus: Bus;
let channels: Channels;
let tokens: Tokens;
let call: (method: string, path: string, body?: unknown, token?: string) => Promise<Response>;

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
  await (await openBucket(bus, ORIGINS_BUCKET)).put(ORIGIN_KEY, JSON.stringify(CARD));
  channels = await Channels.open(bus);
  tokens = await Tokens.open({ bus, keys: KEYS, clock: systemClock, log: quiet });
  const catalog = new Catalog();
  describeAll(catalog, [film('bbb')]);
  const app = api({
    catalog,
    registry: new Registry(),
    channels,
    tokens,
    clock: systemClock,
    adminToken: TOKEN,
  });
  call = async (method, path, body, token = TOKEN) =>
    app.request(`http://video.example:8080${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
});

afterAll(async () => {
  await channels.close();
  await tokens.close();
  await bus.close();
  await nats.remove();
});

const made = async (id: string, settings: object = {}) =>
  (await (await call('POST', '/channels', { id, ...settings })).json()) as {
    key: string;
    ingest: Record<string, string>;
  };

describe('a channel that is made', () => {
  test('needs no more than an id, and answers with its key and where to publish', async () => {
    const response = await call('POST', '/channels', { id: 'studio' });
    expect(response.status).toBe(201);
    const channel = (await response.json()) as { key: string };
    expect(channel).toMatchObject({
      ...{ id: 'studio', title: 'studio', source: 'publish', ladder: 'passthrough', wanted: 'running' },
      ...{ outputs: ['hls', 'dash', 'rtp'], windowMs: 60_000, record: false, state: 'offline' },
      play: { hls: '/play/studio.m3u8', dash: '/play/studio.mpd' },
      ingest: {
        rtmp: `rtmp://in.example:1935/live/studio?key=${channel.key}`,
        rtmpServer: 'rtmp://in.example:1935/live',
        rtmpStreamKey: `studio?key=${channel.key}`,
        srt: `srt://in.example:8890?streamid=publish:studio:${channel.key}`,
        whip: 'http://in.example:8090/whip/studio',
      },
    });
    expect(channel).not.toHaveProperty('ingest.rtsp');
  });

  test('keeps no more of its key than a hash, and never shows it again', async () => {
    const { key } = await made('secretive');
    expect(isKey(key, channels.get('secretive')?.keyHash ?? '')).toBe(true);
    expect(JSON.stringify(channels.all())).not.toContain(key);
    for (const path of ['/channels', '/channels/secretive']) {
      expect(await (await call('GET', path)).text()).not.toContain(key);
    }
  });

  test('can be made once', async () => {
    await made('once');
    const again = await call('POST', '/channels', { id: 'once' });
    expect(again.status).toBe(409);
    expect(await again.json()).toEqual({
      error: { code: 'taken', message: "there is a channel 'once' already" },
    });
  });

  test('does not take the place of a film', async () => {
    expect((await call('POST', '/channels', { id: 'bbb' })).status).toBe(409);
  });

  test.each([
    ['no id', {}, /^id: /],
    ['an id that can not stand in a URL', { id: 'A b' }, /a presentation id is/],
    ['an id too long for its recordings', { id: 'a'.repeat(49) }, /48 characters/],
    ['a source that is none', { id: 'x', source: 'ftp://x' }, /a source is publish, file:/],
    ['an unknown ladder', { id: 'x', ladder: 'steps' }, /^ladder: /],
    ['an unknown output', { id: 'x', outputs: ['smoke'] }, /^outputs/],
    ['no output', { id: 'x', outputs: [] }, /^outputs/],
    ['chunks too short', { id: 'x', chunkMs: 100 }, /^chunkMs: /],
    ['a setting that is not known', { id: 'x', colour: 'red' }, /colour/],
    ['something that is not JSON', '{', /./],
  ])('is refused with %s', async (_, body, message) => {
    const response = await call('POST', '/channels', body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { message: string } }).error.message).toMatch(message);
  });
});

describe('a channel that is there', () => {
  test('is told to stop, pause and run again', async () => {
    await made('obedient');
    for (const [action, wanted] of [
      ['pause', 'paused'],
      ['resume', 'running'],
      ['stop', 'stopped'],
      ['start', 'running'],
    ]) {
      const response = await call('POST', `/channels/obedient/${action}`);
      expect(await response.json()).toMatchObject({ wanted });
    }
    expect((await call('POST', '/channels/obedient/fly')).status).toBe(400);
  });

  test('changes what is named of it, and nothing else', async () => {
    await made('mutable', { record: true, chunkMs: 200 });
    const response = await call('PATCH', '/channels/mutable', { outputs: ['dash'], title: 'New' });
    expect(await response.json()).toMatchObject({
      ...{ title: 'New', outputs: ['dash'], record: true, chunkMs: 200 },
    });
    expect((await call('PATCH', '/channels/mutable', { id: 'other' })).status).toBe(400);
    expect((await call('PATCH', '/channels/mutable', { chunkMs: 5 })).status).toBe(400);
  });

  test('keeps the password of its source to itself, also when what it showed is sent back', async () => {
    const source = 'rtsp://root:geheim@camera/1';
    const response = await call('POST', '/channels', { id: 'camera', source });
    const shown = ((await response.json()) as { source: string }).source;
    expect(shown).toBe('rtsp://root:***@camera/1');
    for (const answer of [await call('GET', '/channels'), await call('GET', '/channels/camera')])
      expect(await answer.text()).not.toContain('geheim');
    await call('PATCH', '/channels/camera', { source: shown, title: 'New' });
    expect(channels.get('camera')?.settings).toMatchObject({ source, title: 'New' });
    await call('PATCH', '/channels/camera', { source: 'rtsp://root:other@camera/1' });
    expect(channels.get('camera')?.settings.source).toBe('rtsp://root:other@camera/1');
  });

  test('gets a new key, and the old one opens it no more', async () => {
    const { key: before } = await made('rotated');
    const { key } = (await (await call('POST', '/channels/rotated/key')).json()) as { key: string };
    const hash = channels.get('rotated')?.keyHash ?? '';
    expect([isKey(key, hash), isKey(before, hash)]).toEqual([true, false]);
  });

  test('is gone when it is removed', async () => {
    await made('gone');
    expect((await call('DELETE', '/channels/gone')).status).toBe(204);
    expect((await call('GET', '/channels/gone')).status).toBe(404);
    expect((await call('DELETE', '/channels/gone')).status).toBe(404);
  });

  test('is changed by two at once, and neither change is lost', async () => {
    await made('shared');
    await Promise.all([
      call('PATCH', '/channels/shared', { title: 'Ours' }),
      call('POST', '/channels/shared/pause'),
      call('PATCH', '/channels/shared', { slate: true }),
    ]);
    expect(await (await call('GET', '/channels/shared')).json()).toMatchObject({
      ...{ title: 'Ours', wanted: 'paused', slate: true },
    });
  });
});

test('what is asked without the admin token is refused', async () => {
  for (const [method, path] of [
    ['GET', '/channels'],
    ['POST', '/channels'],
    ['GET', '/channels/studio'],
    ['DELETE', '/channels/studio'],
    ['POST', '/channels/studio/stop'],
  ] as const) {
    expect((await call(method, path, undefined, 'another token')).status).toBe(401);
  }
});

test('what there is not is said in words', async () => {
  const response = await call('POST', '/channels/nobody/stop');
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    error: { code: 'not-found', message: "there is no channel 'nobody'" },
  });
});
