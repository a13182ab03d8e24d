import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { type Cluster, eventually, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';

let cluster: Cluster;
let film: string;
let token: string;

beforeAll(async () => {
  film = await makeFilm(6);
  cluster = await startCluster({ film });
  token = (JSON.parse(await readFile(join(cluster.data, 'secrets.json'), 'utf8')) as { adminToken: string })
    .adminToken;
});

afterAll(async () => {
  await cluster.stop();
  await cluster.remove();
  await remove(dirname(film));
});

type Channel = { readonly state: string; readonly reason?: string };
type Item = { readonly id: string; readonly kind: string; readonly durationMs: number | null };

async function api<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`${cluster.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

const stateOf = (id: string) => api<Channel>('GET', `/channels/${id}`);
const becomes = (id: string, state: string) =>
  eventually(async () => (await stateOf(id)).state === state, 30_000);

const looped = (id: string, settings: object = {}) =>
  api('POST', '/channels', { id, source: `file:${film}`, ladder: 'mobile', ...settings });

const playlist = async (id: string, track = 'v240') => {
  const response = await fetch(`${cluster.edgeUrls[0]}/v/${id}/${track}/index.m3u8`);
  return response.ok ? response.text() : '';
};

const lengthOf = (text: string) =>
  [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);

describe('a channel', () => {
  test('goes on air, and stops and starts as it is told', async () => {
    await looped('told');
    await becomes('told', 'live');
    expect((await fetch(`${cluster.url}/play/told.m3u8`)).status).toBe(200);
    await api('POST', '/channels/told/stop');
    await becomes('told', 'offline');
    expect(await stateOf('told')).toMatchObject({ reason: 'stopped' });
    expect((await fetch(`${cluster.url}/play/told.m3u8`)).status).toBe(503);
    await api('POST', '/channels/told/start');
    await becomes('told', 'live');
    expect(await playlist('told')).toContain('#EXT-X-DISCONTINUITY\n');
  });

  test('becomes a film of all that was on air when it was recorded, without a picture encoded anew', async () => {
    await looped('taped', { record: true, windowMs: 10_000 });
    await becomes('taped', 'live');
    await eventually(async () => /#EXT-X-MEDIA-SEQUENCE:[2-9]/.test(await playlist('taped')), 60_000);
    const live = await playlist('taped');
    const uri = /^\w+\/\d+\.m4s$/m.exec(live)?.[0] ?? '';
    const bytes = await (await fetch(`${cluster.edgeUrls[0]}/v/taped/v240/${uri}`)).bytes();
    await api('POST', '/channels/taped/stop');
    const recordings = async () =>
      (await api<{ items: Item[] }>('GET', '/presentations')).items.filter(({ id }) =>
        id.startsWith('taped-'),
      );
    await eventually(async () => (await recordings()).length === 1, 20_000);
    const [recording] = await recordings();
    const id = recording?.id ?? '';
    expect(recording).toMatchObject({ kind: 'vod', state: 'ready' });
    const kept = await playlist(id);
    expect(kept).toContain('#EXT-X-ENDLIST');
    expect(kept).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
    expect(lengthOf(kept)).toBeGreaterThan(lengthOf(live));
    expect(recording?.durationMs).toBeCloseTo(lengthOf(kept) * 1000, -2);
    expect(kept).toMatch(/\/0\.m4s/);
    expect(await (await fetch(`${cluster.edgeUrls[0]}/v/${id}/v240/${uri}`)).bytes()).toEqual(bytes);
    expect((await fetch(`${cluster.url}/play/${id}/poster.jpg`)).headers.get('Content-Type')).toBe(
      'image/jpeg',
    );
  });

  test('works on demand only while somebody watches', async () => {
    await looped('shy', { onDemand: true });
    await becomes('shy', 'standby');
    expect(await (await fetch(`${cluster.url}/play/shy.m3u8`)).text()).toContain('#EXT-X-STREAM-INF');
    expect(await stateOf('shy')).toMatchObject({ state: 'live' });
    await becomes('shy', 'standby');
  });

  test('shows a card while its source is away', async () => {
    const url = `${cluster.originUrl}/healthz`;
    await looped('carded', { slate: true });
    await becomes('carded', 'live');
    await api('PATCH', '/channels/carded', { source: url });
    await becomes('carded', 'slate');
    expect(await stateOf('carded')).toMatchObject({ reason: expect.stringContaining('--pull-local yes') });
    const before = await playlist('carded');
    await eventually(async () => {
      const now = await playlist('carded');
      return now.includes('#EXT-X-DISCONTINUITY\n') && now !== before;
    });
    expect((await fetch(`${cluster.url}/play/carded.m3u8`)).status).toBe(200);
    await api('PATCH', '/channels/carded', { source: `file:${film}` });
    await becomes('carded', 'live');
  });

  test('has the outputs that it is told to have', async () => {
    await looped('dashed', { outputs: ['dash'] });
    await becomes('dashed', 'live');
    expect((await fetch(`${cluster.url}/play/dashed.mpd`)).status).toBe(200);
    expect((await fetch(`${cluster.url}/play/dashed.m3u8`)).status).toBe(404);
    expect((await fetch(`${cluster.edgeUrls[0]}/v/dashed/index.m3u8`)).status).toBe(404);
    expect((await fetch(`${cluster.edgeUrls[0]}/v/dashed/manifest.mpd`)).status).toBe(200);
  });

  test('leaves nothing but its recordings when it is removed', async () => {
    await looped('brief');
    await becomes('brief', 'live');
    await api('DELETE', '/channels/brief').catch(() => {});
    await eventually(async () => (await fetch(`${cluster.url}/play/brief.m3u8`)).status === 404);
  });
});
