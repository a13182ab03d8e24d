import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { hostname } from 'node:os';
import { run } from '../runtime/process.ts';
import { openSecrets } from '../runtime/secrets.ts';
import { type Claims, parse, print, TokenId } from '../wire/token.ts';
import { keyOf, type TokenKeys } from '../wire/token-keys.ts';
import { type Club, openClub, status } from './club.ts';
import { eventually } from './cluster.ts';
import { startEdge, startNodes } from './nodes.ts';
import { tokenOf } from './tokens.ts';

type Item = { readonly id: string; readonly state: string; readonly protection: string };

/** Within so long a revoked token is good nowhere. */
const REVOKED_WITHIN_MS = 1_000;

let cluster: Club;
let keys: TokenKeys;
/** Media of the channel `club`, all of which somebody with a token has had from the first edge. */
let paths: readonly string[];

beforeAll(async () => {
  cluster = await openClub();
  keys = (await openSecrets(cluster.data)).secrets.tokenKeys.map(keyOf);
  paths = await pathsOf('club', (await make('club')).token);
});

afterAll(() => cluster.stop());

const make = (id: string, asked: object = {}) => cluster.token(id, asked);

/** What can be asked of an edge, of each kind. */
async function pathsOf(id: string, token: string): Promise<readonly string[]> {
  const root = `${cluster.edgeUrl}/t/${token}/v/${id}`;
  const playlist = await (await fetch(`${root}/v240/index.m3u8`)).text();
  const media = [/URI="([^"]+init\.mp4)"/, /^(\w+\/\d+\.m4s)$/m, /^#EXT-X-PART:.*URI="([^"]+)"/m]
    .map((pattern) => pattern.exec(playlist)?.[1])
    .filter((uri) => uri !== undefined)
    .map((uri) => `v240/${uri}`);
  const all = ['index.m3u8', 'manifest.mpd', 'v240/index.m3u8', 'v240/iframes.m3u8', 'poster.jpg', ...media];
  for (const path of all) expect([path, await status(`${root}/${path}`)]).toEqual([path, 200]);
  return all;
}

/** What stays while the window moves on. */
const init = () => paths.find((path) => path.endsWith('init.mp4'));

/** A token of the cluster's own key that says something else. */
function changed(token: string, change: Partial<Claims>): string {
  const [key] = keys;
  const claims = parse(token, keys);
  if (key === undefined || claims === null) throw new Error('this is not a token of the cluster');
  return print({ ...claims, ...change }, key);
}

/** What ffmpeg decodes of two seconds, and what it complains of. */
async function frames(url: string): Promise<{ count: number; errors: readonly string[] }> {
  const args = ['-v', 'error', '-i', url, '-t', '2', '-map', '0:v:0', '-f', 'framecrc', '-'];
  const { output, errors } = await run('ffmpeg', args);
  return { count: output.toString().match(/^0,/gm)?.length ?? 0, errors };
}

describe('without a token', () => {
  test.each(['.m3u8', '.mpd', '', '/poster.jpg'])(
    'the coordinator gives nobody /play/club%s',
    async (end) => {
      const response = await fetch(`${cluster.url}/play/club${end}`, { redirect: 'manual' });
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("'club' is protected");
    },
  );

  test('no edge gives anything, though it has it in memory', async () => {
    for (const edge of cluster.edgeUrls)
      for (const path of [...paths, 'v240/what/99.m4s']) {
        for (const before of ['', '/t', '/t/', '/t/abc', '/t/../t']) {
          const url = `${edge}${before}/v/club/${path}`;
          expect([url, (await status(url)) < 400]).toEqual([url, false]);
        }
        expect(await status(`${edge}/v/club/${path}`)).toBe(403);
      }
  });

  test('nor does the origin, nor what it records', async () => {
    const token = (await make('club')).token;
    for (const path of paths) {
      const url = `${cluster.originUrl}/v/club/${path}`;
      expect(await status(url)).toBe(403);
      expect(await status(`${url}?token=${token}`)).toBe(403);
      const headers = { Authorization: `Bearer ${token}`, 'Headwater-Pull': token };
      expect((await fetch(url, { headers })).status).toBe(403);
    }
    expect(await status(`${cluster.originUrl}/v/club-20261120-000000/v240/a/0.m4s`)).toBe(403);
  });

  test('what is open stays open to all', async () => {
    await cluster.becomes('demo-live', 'live');
    const response = await fetch(`${cluster.url}/play/demo-live.m3u8`);
    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toStartWith('public');
    expect(await status(`${cluster.edgeUrl}/t/whatever/v/demo-live/index.m3u8`)).toBe(200);
  });
});

describe('with a token', () => {
  test('ffmpeg plays, by HLS and by DASH', async () => {
    const { urls } = await make('club');
    // ffmpeg (5.1) looks for segments beside the address that it was given, not beside where that led.
    const dash = (await fetch(urls.dash, { redirect: 'manual' })).headers.get('Location') ?? '';
    for (const url of [urls.hls, dash]) {
      const { count, errors } = await frames(url);
      expect(errors).toEqual([]);
      expect(count).toBeGreaterThan(40);
    }
  });

  test('nothing is for a cache that others share', async () => {
    const { token } = await make('club');
    for (const path of await pathsOf('club', token)) {
      const url = `${cluster.edgeUrl}/t/${token}/v/club/${path}`;
      const whole = await fetch(url);
      expect(whole.headers.get('Cache-Control')).toStartWith('private');
      await whole.body?.cancel();
      const etag = whole.headers.get('ETag') ?? '';
      for (const headers of [{ 'If-None-Match': etag }, { Range: 'bytes=0-9' }]) {
        const part = await fetch(url, { headers });
        expect(part.headers.get('Cache-Control')).toStartWith('private');
        await part.body?.cancel();
      }
    }
  });

  test('all viewers share what an edge holds', async () => {
    const name = 'headwater_edge_cache_misses_total';
    const misses = async () =>
      (await (await fetch(`${cluster.edgeUrl}/metrics`)).text()).match(`${name} (\\d+)`)?.[1];
    const before = await misses();
    for (let viewer = 0; viewer < 3; viewer++)
      expect(await status(`${cluster.edgeUrl}/t/${(await make('club')).token}/v/club/${init()}`)).toBe(200);
    expect(await misses()).toBe(before);
  });

  test('a DASH player reads the time', async () => {
    const { token } = await make('club');
    expect(await status(`${cluster.edgeUrl}/t/${token}/time`)).toBe(200);
  });
});

describe('a token', () => {
  const at = (token: string) => `${cluster.edgeUrl}/t/${token}/v/club/index.m3u8`;

  test('that was changed, or made with another key, opens nothing', async () => {
    const { token } = await make('club');
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const forged of [
      token.slice(0, -1) + last,
      print(parse(token, keys) as Claims, keyOf('x'.repeat(43))),
    ]) {
      expect(await status(at(forged))).toBe(403);
      expect(await status(`${cluster.url}/play/club.m3u8?token=${forged}`)).toBe(403);
    }
    expect(await status(at(token))).toBe(200);
  });

  test('of another presentation opens nothing', async () => {
    const { token } = await make('demo-live');
    expect(await status(at(token))).toBe(403);
    expect(await status(`${cluster.url}/play/club.m3u8?token=${token}`)).toBe(403);
  });

  test('opens nothing after its end', async () => {
    const { token, expiresAt } = await make('club', { expiresIn: 2 });
    await eventually(async () => (await status(at(token))) === 403, 5_000);
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(await status(`${cluster.url}/play/club.m3u8?token=${token}`)).toBe(403);
  });

  test('of an address is good from there', async () => {
    const elsewhere = await make('club', { address: '192.0.2.7' });
    const here = await make('club', { address: '127.0.0.1' });
    const ip = (url: string) => url.replace('localhost', '127.0.0.1');
    expect([await status(ip(at(elsewhere.token))), await status(ip(at(here.token)))]).toEqual([403, 200]);
    expect(await status(ip(here.urls.hls))).toBe(307);
  });

  test('of the key that comes next is good already', async () => {
    const { token } = await make('club');
    const claims = parse(token, keys);
    const [, next] = keys;
    if (claims === null || next === undefined) throw new Error('there is no next key');
    expect(await status(at(print(claims, next)))).toBe(200);
  });

  test('that is revoked opens nothing on any node, within a second', async () => {
    const { id, token, urls } = await make('club');
    const all = cluster.edgeUrls.map((edge) => `${edge}/t/${token}/v/club/${init()}`);
    for (const url of all) expect(await status(url)).toBe(200);
    await cluster.api('DELETE', `/presentations/club/tokens/${id}`);
    const refused = async () =>
      (await Promise.all([...all, urls.hls].map(status))).every((one) => one === 403);
    await eventually(refused, REVOKED_WITHIN_MS);
    expect(await status(at((await make('club')).token))).toBe(200);
  });

  test('of one session lets one play, who may come back', async () => {
    const { token, urls } = await make('club', { sessions: 1 });
    expect(await status(at(token))).toBe(403);
    const first = await fetch(urls.hls, { redirect: 'manual' });
    expect(first.status).toBe(307);
    const location = first.headers.get('Location') ?? '';
    expect(await status(location)).toBe(200);
    const second = await fetch(urls.hls, { redirect: 'manual' });
    expect(second.status).toBe(403);
    expect(await second.text()).toContain('as many play');
    const own = /\/t\/([^/]+)\//.exec(location)?.[1] ?? '';
    expect(await status(`${cluster.url}/play/club.m3u8?token=${own}`)).toBe(307);
    // One that nobody gave: it began later, and is sent away.
    const extra = changed(own, { session: TokenId.parse(`zzzzzzzz-${hostname().length}-extra`) });
    await eventually(async () => (await status(at(extra))) === 403, 10_000);
    expect(await status(location)).toBe(200);
  });
});

const items = async () => (await cluster.api<{ items: Item[] }>('GET', '/presentations')).items;

test('who may watch a channel can be changed while it runs', async () => {
  const url = `${cluster.edgeUrl}/v/demo-live/index.m3u8`;
  await cluster.make('door', { source: `file:${cluster.film}`, ladder: 'mobile' });
  await cluster.becomes('door', 'live');
  const door = url.replace('demo-live', 'door');
  expect(await status(door)).toBe(200);
  await cluster.api('PATCH', '/channels/door', { protection: 'token' });
  await eventually(async () => (await status(door)) === 403, 10_000);
  await cluster.api('PATCH', '/channels/door', { protection: 'none' });
  await eventually(async () => (await status(door)) === 200, 20_000);
});

test('a recording of a protected channel is protected too', async () => {
  await cluster.api('POST', '/channels/club/stop');
  const recording = async () => (await items()).find(({ id }) => id.startsWith('club-'));
  await eventually(async () => (await recording())?.state === 'ready', 30_000);
  const { id = '', protection } = (await recording()) ?? {};
  expect(protection).toBe('token');
  const { token, urls } = await make(id);
  const kept = await pathsOf(id, token);
  for (const node of [cluster.originUrl, ...cluster.edgeUrls])
    for (const path of kept) expect(await status(`${node}/v/${id}/${path}`)).toBe(403);
  expect(await status(`${cluster.url}/play/${id}.m3u8`)).toBe(403);
  expect((await frames(urls.hls)).count).toBeGreaterThan(40);
});

test('a film is protected as the programme says, and a node without keys gives none of it', async () => {
  const film = {
    kind: 'vod',
    id: 'bbb',
    title: 'bbb',
    file: cluster.film,
    ladder: 'mobile',
    protection: 'token',
  } as const;
  const nodes = await startNodes({ presentations: [film] });
  const keyless = await startEdge(nodes.natsUrl, nodes.originUrl);
  const behind = `/t/${tokenOf(Date.now())}/v/bbb/index.m3u8`;
  await eventually(async () => (await status(nodes.edgeUrl + behind)) === 200);
  expect(await status(`${nodes.edgeUrl}/v/bbb/index.m3u8`)).toBe(403);
  const refused = await fetch(keyless.url + behind);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('HEADWATER_TOKEN_KEYS');
  expect((await frames(nodes.edgeUrl + behind)).count).toBeGreaterThan(40);
  await keyless.stop();
  await nodes.stop();
});
