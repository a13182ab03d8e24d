import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { eventually, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';

type Channel = {
  readonly key: string;
  readonly state: string;
  readonly reason?: string;
  readonly ingest: Readonly<Record<string, string>>;
};

/** A one-machine cluster with an API for channels. */
export type Channels = Awaited<ReturnType<typeof startChannels>>;

/** Starts a cluster whose only film is a short one, with two edges. */
export async function startChannels(env: Readonly<Record<string, string>> = {}) {
  const film = await makeFilm(6);
  const cluster = await startCluster({ film, env });
  const secrets = await readFile(join(cluster.data, 'secrets.json'), 'utf8');
  const { adminToken } = JSON.parse(secrets) as { adminToken: string };

  async function api<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${cluster.url}/api/v1${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  const state = (id: string) => api<Channel>('GET', `/channels/${id}`);
  return {
    url: cluster.url,
    originUrl: cluster.originUrl,
    edgeUrl: cluster.edgeUrls[0] ?? '',
    edgeUrls: cluster.edgeUrls,
    data: cluster.data,
    film,
    api,
    state,
    /** What the cluster has shown on its terminal. */
    output: cluster.output,
    /** What a node has logged. */
    logged: (node: string) => readFile(join(cluster.data, 'logs', `${node}.log`), 'utf8'),
    make: (id: string, settings: object = {}) => api<Channel>('POST', '/channels', { id, ...settings }),
    becomes: (id: string, name: string) => eventually(async () => (await state(id)).state === name, 60_000),
    playUrl: (id: string) => `${cluster.url}/play/${id}.m3u8`,
    /** The playlist of a track at the first edge; empty while there is none. */
    playlist: async (id: string, track: string) => {
      const response = await fetch(`${cluster.edgeUrls[0]}/v/${id}/${track}/index.m3u8`);
      return response.ok ? response.text() : '';
    },
    stop: async () => {
      await cluster.stop();
      await cluster.remove();
      await remove(dirname(film));
    },
  };
}
