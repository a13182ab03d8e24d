import { describe, expect, test } from 'bun:test';
import { hostname } from 'node:os';
import { describeAll, edge, film, hear } from '../tests/fleet.ts';
import { KEYS, tokenOf } from '../tests/tokens.ts';
import { Catalog } from '../wire/catalog.ts';
import { PresentationId } from '../wire/ids.ts';
import type { Presentation } from '../wire/presentation.ts';
import { Revocations } from '../wire/revocations.ts';
import { asCredentials, type Claims } from '../wire/token.ts';
import { TokenCheck } from '../wire/token-check.ts';
import { playRoutes } from './play.ts';
import { Registry } from './registry.ts';

const NOW = 1_000_000;

function coordinator(presentations: readonly Presentation[], edges: Parameters<typeof hear>[1][] = [{}]) {
  const catalog = new Catalog();
  describeAll(catalog, presentations);
  const registry = new Registry();
  for (const one of edges) hear(registry, one, NOW);
  const counts = { redirects: 0, refusals: 0 };
  const clock = { nowMs: NOW, now: () => clock.nowMs, every: () => () => {} };
  const check = new TokenCheck(KEYS, new Revocations());
  const tokens = {
    check,
    begin: (token: string, { sessionsMax }: Claims) => (sessionsMax === 1 ? null : token),
  };
  const app = playRoutes({ catalog, registry, tokens, clock, counts });
  const peer = { addressOf: () => '192.0.2.7' };
  const get = (path: string, method = 'GET', headers = {}) =>
    app.request(`http://video.example:8080${path}`, { method, headers }, peer);
  return { get, counts, clock, registry };
}

describe('a viewer', () => {
  test.each([
    ['/play/bbb.m3u8', 'http://10.0.0.1:8081/v/bbb/index.m3u8'],
    ['/play/bbb.mpd', 'http://10.0.0.1:8081/v/bbb/manifest.mpd'],
    ['/play/bbb', 'http://10.0.0.1:8081/v/bbb/index.m3u8'],
    ['/play/bbb/poster.jpg', 'http://10.0.0.1:8081/v/bbb/poster.jpg'],
  ])('of %s is sent to an edge', async (path, location) => {
    const { get, counts } = coordinator([film('bbb')]);
    for (const method of ['GET', 'HEAD']) {
      const response = await get(path, method);
      expect(response.status).toBe(307);
      expect(response.headers.get('Location')).toBe(location);
      expect(response.headers.get('Cache-Control')).toBe('no-store');
      expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(await response.text()).toBe('');
    }
    expect(counts).toEqual({ redirects: 2, refusals: 0 });
  });

  test('is sent by the name that led here to an edge on our machine', async () => {
    const { get } = coordinator([film('bbb')], [{ machine: hostname() }]);
    expect((await get('/play/bbb.m3u8')).headers.get('Location')).toBe(
      'http://video.example:8081/v/bbb/index.m3u8',
    );
  });

  test('is sent to the public address of an edge that has one', async () => {
    const { get } = coordinator([film('bbb')], [{ publicUrl: 'https://cdn.example/' }]);
    expect((await get('/play/bbb.m3u8')).headers.get('Location')).toBe(
      'https://cdn.example/v/bbb/index.m3u8',
    );
  });

  test('goes to the next edge when the first is full of those sent before', async () => {
    const { get } = coordinator(
      [film('bbb')],
      [
        { edge: edge('a'), capacity: 2, addresses: ['10.0.0.1'] },
        { edge: edge('b'), capacity: 2, addresses: ['10.0.0.2'] },
      ],
    );
    const locations = [];
    for (let viewer = 0; viewer < 5; viewer++)
      locations.push((await get('/play/bbb.m3u8')).headers.get('Location'));
    expect(locations.filter((one) => one?.includes('10.0.0.1'))).toHaveLength(2);
    expect(locations.filter((one) => one?.includes('10.0.0.2'))).toHaveLength(2);
    expect(locations[4]).toBeNull();
  });

  test('who wants a poster only is not counted as one', async () => {
    const { get, registry } = coordinator([film('bbb')]);
    await get('/play/bbb/poster.jpg');
    expect(registry.available(NOW)[0]?.viewers).toBe(0);
    await get('/play/bbb.m3u8');
    expect(registry.available(NOW)[0]?.viewers).toBe(1);
  });

  test('goes on to another edge when the lease of the first has ended', async () => {
    const { get, clock, registry } = coordinator([film('bbb')], [{ edge: edge('a') }]);
    clock.nowMs += 3_001;
    hear(registry, { edge: edge('b'), addresses: ['10.0.0.2'] }, clock.nowMs);
    expect((await get('/play/bbb.m3u8')).headers.get('Location')).toStartWith('http://10.0.0.2:8081/');
  });
});

describe('a viewer is turned away', () => {
  const since = NOW;
  test.each<[string, string, Presentation[], Parameters<typeof hear>[1][], number, string | null, string]>([
    ['of what nobody knows', '/play/nope.m3u8', [film('bbb')], [{}], 404, null, "no presentation 'nope'"],
    ['of a bad id', '/play/..%2fetc.m3u8', [film('bbb')], [{}], 404, null, 'no presentation'],
    ['of nothing', '/play/.m3u8', [film('bbb')], [{}], 404, null, 'no presentation'],
    [
      'of what nobody knows as DASH',
      '/play/nope.mpd',
      [film('bbb')],
      [{}],
      404,
      null,
      "no presentation 'nope'",
    ],
    [
      'of a poster that is not there',
      '/play/bbb/poster.jpg',
      [film('bbb', { poster: false })],
      [{}],
      404,
      null,
      'no poster',
    ],
    [
      'of what failed',
      '/play/bbb.m3u8',
      [film('bbb', { state: { name: 'failed', at: 0, reason: 'torn' } })],
      [{}],
      404,
      null,
      'torn',
    ],
    [
      'of what is offline',
      '/play/bbb.m3u8',
      [film('bbb', { state: { name: 'offline', since, reason: 'asleep' } })],
      [{}],
      503,
      '5',
      'asleep',
    ],
    [
      'of what is being packaged',
      '/play/bbb.m3u8',
      [film('bbb', { state: { name: 'packaging', progress: 0.427 } })],
      [{}],
      503,
      '5',
      '42 %',
    ],
    ['when no edge is there', '/play/bbb.m3u8', [film('bbb')], [], 503, '2', 'no edge is alive'],
    [
      'when all edges drain',
      '/play/bbb.m3u8',
      [film('bbb')],
      [{ draining: true }],
      503,
      '2',
      'no edge is alive',
    ],
    [
      'when all edges are full',
      '/play/bbb.m3u8',
      [film('bbb')],
      [{ capacity: 5, viewers: 5 }],
      503,
      '2',
      'all edges are full',
    ],
    [
      'of a poster when no edge is there',
      '/play/bbb/poster.jpg',
      [film('bbb')],
      [],
      503,
      '2',
      'no edge is alive',
    ],
  ])('%s: %s', async (_, path, presentations, edges, status, retry, said) => {
    const { get, counts } = coordinator(presentations, edges);
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(response.headers.get('Retry-After')).toBe(retry);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(await response.text()).toContain(said);
    expect(counts).toEqual({ redirects: 0, refusals: 1 });
  });

  test('in one line of plain text', async () => {
    const response = await coordinator([]).get('/play/bbb.m3u8');
    expect(response.headers.get('Content-Type')).toStartWith('text/plain');
    expect(await response.text()).toMatch(/^[^\n]+\n$/);
  });
});

describe('what is protected', () => {
  const token = tokenOf(NOW);
  const at = (path: string, own = token) => `http://10.0.0.1:8081/t/${own}/v/bbb/${path}`;
  const protectedFilm = () => coordinator([film('bbb', { protection: 'token' })]);
  const { user, password } = asCredentials(token);

  test.each([
    [`/play/bbb.m3u8?token=${token}`, {}, at('index.m3u8')],
    [`/play/bbb.mpd?token=${token}`, {}, at('manifest.mpd')],
    [`/play/bbb?container=ts&token=${token}`, {}, at('index.m3u8?container=ts')],
    [`/play/bbb/poster.jpg?token=${token}`, {}, at('poster.jpg')],
    ['/play/bbb.m3u8', { Authorization: `Bearer ${token}` }, at('index.m3u8')],
    ['/play/bbb.m3u8', { Authorization: `Basic ${btoa(`${user}:${password}`)}` }, at('index.m3u8')],
  ])('%s is at an edge, behind the token', async (path, headers, location) => {
    const response = await protectedFilm().get(path, 'GET', headers);
    expect(response.status).toBe(307);
    expect(response.headers.get('Location')).toBe(location);
  });

  const other = tokenOf(NOW, { presentation: PresentationId.parse('other') });
  test.each([
    ['', "'bbb' is protected: a token is needed, as ?token=<token>\n"],
    ['?token=', 'this token was not made here, or with a key that is gone\n'],
    [`?token=${token}x`, 'this token was not made here, or with a key that is gone\n'],
    [`?token=${tokenOf(NOW, { expiresAtMs: NOW - 1_000 })}`, 'this token has expired\n'],
    [`?token=${other}`, "this token is not for 'bbb'\n"],
    [`?token=${tokenOf(NOW, { address: '192.0.2.8' })}`, 'this token is for another address\n'],
    [`?token=${tokenOf(NOW, { sessionsMax: 1 })}`, 'as many play with this token as it is good for: 1\n'],
  ])('is refused with the token %p, in words', async (query, sentence) => {
    const { get, counts } = protectedFilm();
    const response = await get(`/play/bbb.m3u8${query}`);
    expect(response.status).toBe(403);
    expect(response.headers.get('Location')).toBeNull();
    expect(await response.text()).toBe(sentence);
    expect(counts).toEqual({ redirects: 0, refusals: 1 });
  });

  test('has a poster for nobody else', async () => {
    const { get } = protectedFilm();
    expect((await get('/play/bbb/poster.jpg')).status).toBe(403);
    // A picture is no session, and would be one that nobody counts.
    expect((await get(`/play/bbb/poster.jpg?token=${tokenOf(NOW, { sessionsMax: 2 })}`)).status).toBe(403);
  });

  test('is played from its own address', async () => {
    const own = tokenOf(NOW, { address: '192.0.2.7' });
    const response = await protectedFilm().get(`/play/bbb.m3u8?token=${own}`);
    expect(response.headers.get('Location')).toBe(at('index.m3u8', own));
  });

  test('and what is not needs no token, and gets none', async () => {
    const response = await coordinator([film('bbb')]).get(`/play/bbb.m3u8?token=${token}`);
    expect(response.headers.get('Location')).toBe('http://10.0.0.1:8081/v/bbb/index.m3u8');
  });
});
