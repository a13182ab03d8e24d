import { afterAll, beforeAll, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { remove } from '../runtime/files.ts';
import { find, run } from '../runtime/process.ts';
import { openSecrets } from '../runtime/secrets.ts';
import { PresentationId } from '../wire/ids.ts';
import { print } from '../wire/token.ts';
import { keyOf } from '../wire/token-keys.ts';
import { becomes, type Cluster, eventually, freePorts, ok, startCluster } from './cluster.ts';
import { makeFilm } from './film.ts';
import { decodeErrors } from './media.ts';
import { claims } from './tokens.ts';

let cluster: Cluster;
let film: string;
let keys: readonly string[];

beforeAll(async () => {
  film = await makeFilm(6);
  cluster = await startCluster({ edges: 1, film });
  await becomes(cluster, 'bbb', 'ready');
  const { secrets } = await openSecrets(cluster.data);
  keys = secrets.tokenKeys;
  const made = await fetch(`${cluster.url}/api/v1/channels`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${secrets.adminToken}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: 'club', source: `file:${film}`, ladder: 'mobile', protection: 'token' }),
  });
  expect(made.status).toBe(201);
  await becomes(cluster, 'club', 'live');
});

afterAll(async () => {
  await cluster.stop();
  await cluster.remove();
  await remove(dirname(film));
});

/** The first Node that runs TypeScript as it is, from the PATH or from the npm package `node`. */
async function nodeCommand(): Promise<readonly string[]> {
  const own = find('node');
  const { output } = await run(own ?? 'node', ['--version']);
  const [major = 0, minor = 0] = output.toString().replace('v', '').split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return [own ?? 'node'];
  return ['npx', '--yes', '--package', 'node@24', 'node'];
}

const commands: Readonly<Record<string, () => readonly string[] | Promise<readonly string[]>>> = {
  bun: () => [process.execPath],
  node: nodeCommand,
  deno: () => ['node_modules/.bin/deno', 'run', '--allow-all'],
};

test.each(['bun', 'node', 'deno'])('an edge on %s plays the film as every other edge does', async (name) => {
  const [command = '', ...args] = (await commands[name]?.()) ?? [];
  const port = await freePorts(1);
  const env = {
    ...process.env,
    HEADWATER_NATS_URL: cluster.natsUrl,
    HEADWATER_EDGE_ORIGIN_URL: cluster.originUrl,
    HEADWATER_EDGE_PORT: String(port),
    HEADWATER_TOKEN_KEYS: keys.join(),
  };
  const child = spawn(command, [...args, 'edge/main.ts'], { env, stdio: 'inherit', detached: true });
  const exited = once(child, 'exit');
  try {
    const url = `http://localhost:${port}`;
    await eventually(() => ok(`${url}/readyz`));
    await playsLike(url, cluster.edgeUrls[0] ?? '');
    await asksForTokens(`http://127.0.0.1:${port}`);
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    await exited;
  }
});

/** What is protected is played with a token, from the address that it is for. */
async function asksForTokens(url: string): Promise<void> {
  const key = keyOf(keys[0] ?? '');
  const said = claims(Date.now(), { presentation: PresentationId.parse('club') });
  const ask = (prefix: string) => fetch(`${url}${prefix}/v/club/index.m3u8`);
  const asked = await Promise.all(
    [null, '127.0.0.1', '192.0.2.7'].map((address) => ask(`/t/${print({ ...said, address }, key)}`)),
  );
  expect(asked.map(({ status }) => status)).toEqual([200, 200, 403]);
  expect(asked[0]?.headers.get('Cache-Control')).toStartWith('private');
  expect((await ask('')).status).toBe(403);
}

/** Compares status, headers and bytes of every kind of answer with an edge that is known to be right. */
async function playsLike(url: string, known: string): Promise<void> {
  const [segment] =
    /^[0-9a-z]+\/0\.m4s$/m.exec(await (await fetch(`${known}/v/bbb/v240/index.m3u8`)).text()) ?? [];
  const media = `/v/bbb/v240/${segment}`;
  const requests: readonly (readonly [path: string, init: RequestInit])[] = [
    ['/v/bbb/index.m3u8', {}],
    ['/v/bbb/v240/index.m3u8', {}],
    [media, {}],
    [media, { method: 'HEAD' }],
    [media, { headers: { Range: 'bytes=10-19' } }],
    [media, { headers: { Range: 'bytes=x' } }],
    [media.replace('0.m4s', 'init.mp4'), {}],
    [media.replace('/0.m4s', '/99.m4s'), {}],
    ['/v/nope/index.m3u8', {}],
  ];
  for (const [path, init] of requests) {
    expect(await described(url + path, init)).toEqual(await described(known + path, init));
  }
  const etag = (await fetch(url + media)).headers.get('ETag') ?? '';
  const unchanged = await fetch(url + media, { headers: { 'If-None-Match': etag } });
  expect(unchanged.status).toBe(304);
  expect(await decodeErrors(`${url}/v/bbb/index.m3u8`)).toEqual([]);
}

const COMPARED = [
  'Content-Type',
  'Content-Length',
  'Content-Range',
  'Cache-Control',
  'ETag',
  'Accept-Ranges',
];

async function described(url: string, init: RequestInit) {
  const response = await fetch(url, init);
  const headers = COMPARED.map((name) => `${name}: ${response.headers.get(name)}`);
  return {
    status: response.status,
    headers,
    body: Buffer.from(await response.arrayBuffer()).toString('base64'),
  };
}
