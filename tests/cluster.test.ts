import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { CLOCK_BITS } from '../origin/transcode/clock.ts';
import { openSecrets } from '../runtime/secrets.ts';
import { LEASE_TTL_MS } from '../wire/lease.ts';
import { becomes, type Cluster, eventually, metric, ok, startCluster } from './cluster.ts';
import { pidListening } from './listening.ts';
import { breaks, burntClocks, decodeErrors, ffprobe, packets } from './media.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
  await becomes(cluster, 'demo-live', 'live');
}, 300_000);

afterAll(async () => {
  await cluster.stop();
  await cluster.remove();
});

const play = (id: string) => `${cluster.url}/play/${id}.m3u8`;
const text = async (url: string) => (await fetch(url)).text();

/** The newest whole segment of a playlist, relative to it. */
const newestIn = (playlist: string) => playlist.match(/^[0-9a-z]+\/\d+\.m4s$/gm)?.at(-1) ?? 'none';

/** The edge that a viewer is sent to. */
async function redirect(id: string): Promise<string> {
  const response = await fetch(play(id), { redirect: 'manual' });
  return response.headers.get('Location') ?? `status ${response.status}`;
}

describe('while the film is packaged', () => {
  test('it is listed with its progress, and playing it asks to come back', async () => {
    const response = await fetch(play('bbb'), { redirect: 'manual' });
    // A fast machine may be done by now.
    if (response.status === 307) return;
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect(await response.text()).toContain('packaged');
  });

  test('the live channel plays', async () => {
    expect(breaks(await packets(play('demo-live'), 4))).toEqual([]);
  });
});

describe('the film', () => {
  beforeAll(() => becomes(cluster, 'bbb', 'ready'), 300_000);

  test('has H.264 in three sizes and stereo AAC, and lasts 30 s', async () => {
    const { streams, format } = await ffprobe(play('bbb'));
    const heights = streams.filter((stream) => stream.codec_type === 'video').map(({ height }) => height);
    expect([...new Set(heights)].sort()).toEqual([1080, 480, 720]);
    expect(new Set(streams.map(({ codec_name }) => codec_name))).toEqual(new Set(['h264', 'aac']));
    expect(Math.abs(Number(format.duration) - 30)).toBeLessThanOrEqual(0.1);
  });

  test('decodes to its end, in every rendition, without an error', async () => {
    expect(await decodeErrors(play('bbb'))).toEqual([]);
  });

  test('names codecs, sizes, frame rate and measured bit rates', async () => {
    const playlist = await text(play('bbb'));
    const variants = playlist.split('\n').filter((line) => line.startsWith('#EXT-X-STREAM-INF'));
    expect(variants).toHaveLength(3);
    for (const variant of variants) {
      expect(variant).toMatch(/CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
      expect(variant).toMatch(/RESOLUTION=\d+x\d+,FRAME-RATE=24\.000,AUDIO="audio"/);
      const [, peak = 0, average = 0] =
        /BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+)/.exec(variant)?.map(Number) ?? [];
      expect(peak).toBeGreaterThanOrEqual(average);
      expect(average).toBeGreaterThan(500_000);
    }
  });

  test('starts its segments together on all video tracks', async () => {
    const edge = await redirect('bbb');
    const durations = await Promise.all(
      ['v1080', 'v720', 'v480'].map(async (track) => {
        const playlist = await text(edge.replace('index.m3u8', `${track}/index.m3u8`));
        return [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map((match) => match[1]);
      }),
    );
    expect(durations[0]).toEqual(Array.from({ length: 15 }, () => '2.00000'));
    expect(durations[1]).toEqual(durations[0]);
    expect(durations[2]).toEqual(durations[0]);
  });
});

describe('the live channel', () => {
  test('has no gap and repeats no timestamp', async () => {
    const list = await packets(play('demo-live'), 20);
    expect(list.length).toBeGreaterThan(20 * (24 + 46));
    expect(breaks(list)).toEqual([]);
  }, 60_000);

  test('shows a clock that moves in real time', async () => {
    const clocks = await burntClocks(play('demo-live'), 4);
    const steps = clocks.slice(1).map((clock, index) => clock - (clocks[index] ?? 0));
    expect(steps.length).toBeGreaterThan(80);
    for (const step of steps) expect(Math.abs(step - 1000 / 24)).toBeLessThan(2);
    const age = (Date.now() % 2 ** CLOCK_BITS) - (clocks.at(-1) ?? 0);
    // How old the picture is depends on how busy the machine is; it is never from the future.
    expect(age).toBeGreaterThan(0);
  });

  test('is the same, byte for byte, on both edges', async () => {
    const [one = '', two = ''] = cluster.edgeUrls;
    const playlist = await text(`${one}/v/demo-live/v480/index.m3u8`);
    const segment = newestIn(playlist);
    for (const path of [`v480/${segment}`, 'index.m3u8', 'v480/index.m3u8']) {
      await eventually(async () => {
        const bodies = await Promise.all([one, two].map((edge) => text(`${edge}/v/demo-live/${path}`)));
        return bodies[0] === bodies[1];
      });
    }
  });

  test('costs the origin two requests a segment at most, for 200 viewers on two edges', async () => {
    const tracks = ['v480', 'a128'];
    // Players that come to a track for the first time fetch what is there; that is not what is counted.
    for (const edge of cluster.edgeUrls) for (const track of tracks) await watchOnce(edge, track);
    const before = await metric(cluster.originUrl, 'headwater_origin_media_requests_total');
    const first = await lastNumber(cluster.edgeUrls[0] ?? '', 'v480');
    const until = first + 5;
    const viewers = Array.from({ length: 200 }, (_, viewer) => cluster.edgeUrls[viewer % 2] ?? '');
    await Promise.all(viewers.flatMap((edge) => tracks.map((track) => watchUntil(edge, track, until))));
    const after = await metric(cluster.originUrl, 'headwater_origin_media_requests_total');
    const segments = (until - first + 2) * tracks.length;
    expect(after - before).toBeLessThanOrEqual(2 * segments);
  }, 120_000);
});

/** Fetches a track's newest segment; gives its number. */
async function watchOnce(edge: string, track: string): Promise<number> {
  const segment = newestIn(await text(`${edge}/v/demo-live/${track}/index.m3u8`));
  const response = await fetch(`${edge}/v/demo-live/${track}/${segment}`);
  await response.arrayBuffer();
  expect(response.status).toBe(200);
  return numberOf(segment);
}

/** Watches as a player does: each playlist is asked for when it holds the next segment, each segment once. */
async function watchUntil(edge: string, track: string, until: number): Promise<void> {
  let number = await watchOnce(edge, track);
  while (number < until) {
    await text(`${edge}/v/demo-live/${track}/index.m3u8?_HLS_msn=${number + 1}`);
    number = await watchOnce(edge, track);
  }
}

const numberOf = (segment: string) => Number(/\/(\d+)\.m4s$/.exec(segment)?.[1]);

async function lastNumber(edge: string, track: string): Promise<number> {
  const playlist = await text(`${edge}/v/demo-live/${track}/index.m3u8`);
  return numberOf(newestIn(playlist));
}

describe('bad requests', () => {
  test.each([
    ['coordinator', '/play/nope.m3u8', 404],
    ['coordinator', '/play/..%2fbbb.m3u8', 404],
    ['coordinator', '/nothing', 404],
    ['coordinator', '/api/v1/nothing', 404],
    ['coordinator', '/api/v1/nodes', 401],
    ['edge', '/v/nope/index.m3u8', 404],
    ['edge', '/v/demo-live/nope/index.m3u8', 404],
    ['edge', '/v/demo-live/v480/nope/0.m4s', 404],
    ['edge', '/v/demo-live/../../etc/passwd', 404],
    ['edge', '/v/%00/index.m3u8', 404],
    ['edge', '/', 404],
    ['origin', '/v/demo-live/v480/x/0.m4s', 404],
  ])('%s %s is %i', async (node, path, status) => {
    const bases = { coordinator: cluster.url, edge: cluster.edgeUrls[0], origin: cluster.originUrl };
    const response = await fetch(bases[node as keyof typeof bases] + path, { redirect: 'manual' });
    expect(response.status).toBe(status);
    expect((await response.text()).length).toBeGreaterThan(10);
  });

  test('a malformed range is a 416 that says how long the object is', async () => {
    const edge = cluster.edgeUrls[0] ?? '';
    const playlist = await text(`${edge}/v/demo-live/v480/index.m3u8`);
    const url = `${edge}/v/demo-live/v480/${newestIn(playlist)}`;
    const whole = (await (await fetch(url)).arrayBuffer()).byteLength;
    const response = await fetch(url, { headers: { Range: 'bytes=what' } });
    expect(response.status).toBe(416);
    expect(response.headers.get('Content-Range')).toBe(`bytes */${whole}`);
    const part = await fetch(url, { headers: { Range: 'bytes=-100' } });
    expect(part.status).toBe(206);
    expect((await part.arrayBuffer()).byteLength).toBe(100);
  });
});

/** What the coordinator thinks of an edge. */
async function stateOf(edge: string): Promise<string | undefined> {
  const { secrets } = await openSecrets(cluster.data);
  const headers = { Authorization: `Bearer ${secrets.adminToken}` };
  const response = await fetch(`${cluster.url}/api/v1/nodes`, { headers });
  const { items } = (await response.json()) as { items: { url: string; state: string }[] };
  return items.find(({ url }) => url === edge)?.state;
}

/** The ports of the edges that so many viewers are sent to, one after another. */
async function redirects(viewers: number): Promise<ReadonlySet<number>> {
  const ports = new Set<number>();
  for (let viewer = 0; viewer < viewers; viewer++)
    ports.add(Number(new URL(await redirect('demo-live')).port));
  return ports;
}

describe('when something dies', () => {
  test('an edge: the next viewer goes to the other within two seconds of the end of its lease', async () => {
    const edge = cluster.edgeUrls[0] ?? '';
    const port = Number(new URL(edge).port);
    const pid = await pidListening(port);
    // It keeps its connections and says nothing more: only the end of its lease tells. Killed, it would be restarted.
    process.kill(pid, 'SIGSTOP');
    try {
      await eventually(async () => (await stateOf(edge)) === 'gone', LEASE_TTL_MS + 2_000);
      expect(await redirects(10)).not.toContain(port);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    await eventually(async () => (await stateOf(edge)) === 'alive' && (await ok(`${edge}/readyz`)));
  });

  test('the origin: the channel goes on under the same URL, in a new epoch behind a discontinuity', async () => {
    const edge = await redirect('demo-live');
    const playlistUrl = edge.replace('index.m3u8', 'v480/index.m3u8');
    const before = epochs(await text(playlistUrl));
    process.kill(await pidListening(Number(new URL(cluster.originUrl).port)), 'SIGKILL');
    await eventually(async () => epochs(await text(playlistUrl)).length > before.length);
    const playlist = await text(playlistUrl);
    expect(playlist).toContain('#EXT-X-DISCONTINUITY\n');
    const numbers = [...playlist.matchAll(/\/(\d+)\.m4s/g)].map((match) => Number(match[1]));
    for (const [index, number] of numbers.entries()) expect(number).toBe((numbers[0] ?? 0) + index);
    expect(await decodeErrors(play('bbb'))).toEqual([]);
  }, 60_000);
});

const epochs = (playlist: string) => [
  ...new Set([...playlist.matchAll(/^([0-9a-z]+)\/\d+\.m4s/gm)].map((match) => match[1])),
];
