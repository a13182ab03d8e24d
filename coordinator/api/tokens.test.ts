import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Bus, openBucket } from '../../runtime/bus.ts';
import { systemClock } from '../../runtime/clock.ts';
import { eventually } from '../../tests/cluster.ts';
import { describeAll, film } from '../../tests/fleet.ts';
import { type Nats, startNats, testBus } from '../../tests/nats.ts';
import { quiet } from '../../tests/quiet.ts';
import { KEYS } from '../../tests/tokens.ts';
import { Catalog } from '../../wire/catalog.ts';
import { ORIGIN_KEY, type OriginCard } from '../../wire/origin-card.ts';
import { ORIGINS_BUCKET } from '../../wire/subjects.ts';
import { ofUser, parse } from '../../wire/token.ts';
import type { TokenKeys } from '../../wire/token-keys.ts';
import { WIRE_VERSION } from '../../wire/version.ts';
import { Channels } from '../channels.ts';
import { Registry } from '../registry.ts';
import { Tokens } from '../tokens.ts';
import { api } from './api.ts';

const ADMIN = 'a token of the admin';
const CARD: OriginCard = {
  version: WIRE_VERSION,
  publicHost: 'in.example',
  addresses: [],
  machine: 'elsewhere',
  ports: { http: 8090, rtmp: null, srt: null, rtsp: 8554 },
};

type Made = {
  id: string;
  token: string;
  expiresAt: number;
  urls: { page: string; hls?: string; dash?: string; rtsp?: string };
};

let nats: Nats;
let bus: Bus;
let channels: Channels;
let tokens: Tokens;

beforeAll(async () => {
  nats = await startNats();
  bus = await testBus(nats);
  await (await openBucket(bus, ORIGINS_BUCKET)).put(ORIGIN_KEY, JSON.stringify(CARD));
  channels = await Channels.open(bus);
  tokens = await open(KEYS);
});
afterAll(async () => {
  await channels.close();
  await tokens.close();
  await bus.close();
  await nats.remove();
});

const open = (keys: TokenKeys) => Tokens.open({ bus, keys, clock: systemClock, log: quiet });

function call(method: string, path: string, body?: unknown, { admin = ADMIN, at = tokens } = {}) {
  const catalog = new Catalog();
  describeAll(catalog, [
    film('bbb', { protection: 'token', outputs: ['hls', 'dash', 'rtp'] }),
    film('sound', { outputs: ['hls'] }),
  ]);
  const parts = { catalog, registry: new Registry(), channels, tokens: at, clock: systemClock };
  return api({ ...parts, adminToken: ADMIN }).request(`http://video.example:8080${path}`, {
    method,
    headers: { Authorization: `Bearer ${admin}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const make = async (body: object = {}, id = 'bbb') =>
  (await (await call('POST', `/presentations/${id}/tokens`, body)).json()) as Made;

describe('a token that is made', () => {
  test('says what was asked for, and where to play with it', async () => {
    const before = Date.now();
    const asked = { expiresIn: 60, address: '2001:DB8::1', subject: 'room 12' };
    const { id, token, expiresAt, urls } = await make(asked);
    const said = parse(token, KEYS);
    expect(said).toMatchObject({ presentation: 'bbb', id, expiresAtMs: expiresAt, address: '2001:db8::1' });
    expect(said).toMatchObject({ subject: 'room 12', sessionsMax: null, session: null });
    expect(expiresAt).toBeGreaterThan(before + 58_000);
    expect(expiresAt).toBeLessThanOrEqual(Date.now() + 60_000);
    expect(urls).toMatchObject({
      page: `http://video.example:8080/?watch=bbb#token=${token}`,
      hls: `http://video.example:8080/play/bbb.m3u8?token=${token}`,
      dash: `http://video.example:8080/play/bbb.mpd?token=${token}`,
    });
    const { username, password, host, pathname } = new URL(urls.rtsp ?? '');
    expect([ofUser(username, KEYS), host, pathname]).toEqual([
      `${username}.${password}`,
      'in.example:8554',
      '/bbb',
    ]);
  });

  test('is another each time, and good for four hours', async () => {
    const [one, other] = [await make(), await make()];
    expect(one.id).not.toBe(other.id);
    expect(Math.round((one.expiresAt - Date.now()) / 3_600_000)).toBe(4);
  });

  test('is for what there is to play it with', async () => {
    expect(Object.keys((await make({}, 'sound')).urls).sort()).toEqual(['hls', 'page']);
    expect(Object.keys((await make()).urls).sort()).toEqual(['dash', 'hls', 'page', 'rtsp']);
    // Players of RTSP are not counted.
    expect(Object.keys((await make({ sessions: 2 })).urls).sort()).toEqual(['dash', 'hls', 'page']);
  });

  test.each<[string, object, number]>([
    ['/presentations/other/tokens', {}, 404],
    ['/presentations/bbb/tokens', { expiresIn: 0 }, 400],
    ['/presentations/bbb/tokens', { expiresIn: 31 * 86_400 }, 400],
    ['/presentations/bbb/tokens', { address: 'localhost' }, 400],
    ['/presentations/bbb/tokens', { sessions: 0 }, 400],
    ['/presentations/bbb/tokens', { subject: '' }, 400],
    ['/presentations/bbb/tokens', { expiresAt: 12 }, 400],
  ])('is not to be had at %s for %p', async (path, body, status) => {
    const response = await call('POST', path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { message: expect.any(String) } });
  });

  test('needs keys, and says so', async () => {
    const keyless = await open([]);
    const response = await call('POST', '/presentations/bbb/tokens', {}, { at: keyless });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain('HEADWATER_TOKEN_KEYS');
    await keyless.close();
  });
});

test('a token that is deleted is revoked', async () => {
  const { id, token } = await make();
  const look = () => tokens.check.look(token, { presentation: 'bbb', address: () => '', nowMs: Date.now() });
  expect(look().kind).toBe('good');
  expect((await call('DELETE', `/presentations/bbb/tokens/${id}`)).status).toBe(204);
  await eventually(() => look().kind === 'refused');
  expect(look()).toEqual({ kind: 'refused', refusal: 'revoked' });
});

test('tokens are the admin’s to make and to revoke', async () => {
  for (const [method, path] of [
    ['POST', '/presentations/bbb/tokens'],
    ['DELETE', '/presentations/bbb/tokens/token-of-a-viewer'],
  ] as const)
    expect((await call(method, path, {}, { admin: 'a stranger' })).status).toBe(401);
});

test('what is protected is listed, and says so', async () => {
  const { items } = (await (await call('GET', '/presentations')).json()) as { items: object[] };
  expect(items).toMatchObject([
    { id: 'bbb', protection: 'token' },
    { id: 'sound', protection: 'none' },
  ]);
});
