import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type Channels, startChannels } from './channels.ts';
import { eventually } from './cluster.ts';
import { pidListening } from './listening.ts';
import { decodeErrors } from './media.ts';

let cluster: Channels;

beforeAll(async () => {
  cluster = await startChannels();
});

afterAll(() => cluster.stop());

type Item = {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly durationMs: number | null;
};

const looped = (id: string, settings: object = {}) =>
  cluster.make(id, { source: `file:${cluster.film}`, ladder: 'mobile', ...settings });

const playlist = (id: string) => cluster.playlist(id, 'v240');

const lengthOf = (text: string) =>
  [...text.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);

/** The id of the one recording of a channel, once it is there. */
async function recordingOf(channel: string): Promise<string> {
  const recordings = async () => {
    const { items } = await cluster.api<{ items: Item[] }>('GET', '/presentations');
    return items.filter(({ id }) => id.startsWith(`${channel}-`));
  };
  await eventually(async () => (await recordings()).length === 1, 20_000);
  return (await recordings())[0]?.id ?? '';
}

describe('a channel', () => {
  test('goes on air, and stops and starts as it is told', async () => {
    await looped('told');
    await cluster.becomes('told', 'live');
    expect((await fetch(`${cluster.url}/play/told.m3u8`)).status).toBe(200);
    await cluster.api('POST', '/channels/told/stop');
    await cluster.becomes('told', 'offline');
    expect(await cluster.state('told')).toMatchObject({ reason: 'stopped' });
    expect((await fetch(`${cluster.url}/play/told.m3u8`)).status).toBe(503);
    await cluster.api('POST', '/channels/told/start');
    await cluster.becomes('told', 'live');
    expect(await playlist('told')).toContain('#EXT-X-DISCONTINUITY\n');
  });

  test('becomes a film of all that was on air when it was recorded, without a picture encoded anew', async () => {
    await looped('taped', { record: true, windowMs: 10_000 });
    await cluster.becomes('taped', 'live');
    await eventually(async () => /#EXT-X-MEDIA-SEQUENCE:[2-9]/.test(await playlist('taped')), 60_000);
    const live = await playlist('taped');
    const uri = /^\w+\/\d+\.m4s$/m.exec(live)?.[0] ?? '';
    const bytes = await (await fetch(`${cluster.edgeUrl}/v/taped/v240/${uri}`)).bytes();
    await cluster.api('POST', '/channels/taped/stop');
    const id = await recordingOf('taped');
    const { items } = await cluster.api<{ items: Item[] }>('GET', '/presentations');
    const recording = items.find((item) => item.id === id);
    expect(recording).toMatchObject({ kind: 'vod', state: 'ready' });
    const kept = await playlist(id);
    expect(kept).toContain('#EXT-X-ENDLIST');
    expect(kept).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
    expect(lengthOf(kept)).toBeGreaterThan(lengthOf(live));
    // It lasts as long as its longest track; the encoder is stopped wherever each of them is.
    expect(Math.abs((recording?.durationMs ?? 0) - lengthOf(kept) * 1000)).toBeLessThan(250);
    expect(kept).toMatch(/\/0\.m4s/);
    expect(await (await fetch(`${cluster.edgeUrl}/v/${id}/v240/${uri}`)).bytes()).toEqual(bytes);
    expect((await fetch(`${cluster.url}/play/${id}/poster.jpg`)).headers.get('Content-Type')).toBe(
      'image/jpeg',
    );
  });

  test('loses nothing of its recording when the origin is killed in the middle', async () => {
    await looped('survivor', { record: true });
    await cluster.becomes('survivor', 'live');
    const reached = (pattern: RegExp) =>
      eventually(async () => pattern.test(await playlist('survivor')), 60_000);
    await reached(/\/2\.m4s/);
    process.kill(await pidListening(Number(new URL(cluster.originUrl).port)), 'SIGKILL');
    await reached(/#EXT-X-DISCONTINUITY\n[\s\S]*#EXTINF[\s\S]*#EXTINF/);
    const live = [...(await playlist('survivor')).matchAll(/^\w+\/\d+\.m4s$/gm)].map(([uri]) => uri);
    await cluster.api('POST', '/channels/survivor/stop');
    const id = await recordingOf('survivor');
    const kept = await playlist(id);
    for (const uri of live) expect(kept).toContain(`${uri}\n`);
    expect(kept).toContain('#EXT-X-DISCONTINUITY\n');
    expect(await decodeErrors(cluster.playUrl(id))).toEqual([]);
  });

  test('works on demand only while somebody watches', async () => {
    await looped('shy', { onDemand: true });
    await cluster.becomes('shy', 'standby');
    expect(await (await fetch(`${cluster.url}/play/shy.m3u8`)).text()).toContain('#EXT-X-STREAM-INF');
    await cluster.becomes('shy', 'live');
    await cluster.becomes('shy', 'standby');
  });

  test('shows a card while its source is away', async () => {
    const url = `${cluster.originUrl}/healthz`;
    await looped('carded', { slate: true });
    await cluster.becomes('carded', 'live');
    await cluster.api('PATCH', '/channels/carded', { source: url });
    await cluster.becomes('carded', 'slate');
    expect(await cluster.state('carded')).toMatchObject({
      reason: expect.stringContaining('--pull-local yes'),
    });
    const before = await playlist('carded');
    await eventually(async () => {
      const now = await playlist('carded');
      return now.includes('#EXT-X-DISCONTINUITY\n') && now !== before;
    });
    expect((await fetch(`${cluster.url}/play/carded.m3u8`)).status).toBe(200);
    await cluster.api('PATCH', '/channels/carded', { source: `file:${cluster.film}` });
    await cluster.becomes('carded', 'live');
  });

  test('has the outputs that it is told to have', async () => {
    await looped('dashed', { outputs: ['dash'] });
    await cluster.becomes('dashed', 'live');
    expect((await fetch(`${cluster.url}/play/dashed.mpd`)).status).toBe(200);
    expect((await fetch(`${cluster.url}/play/dashed.m3u8`)).status).toBe(404);
    expect((await fetch(`${cluster.edgeUrl}/v/dashed/index.m3u8`)).status).toBe(404);
    expect((await fetch(`${cluster.edgeUrl}/v/dashed/manifest.mpd`)).status).toBe(200);
  });

  test('leaves nothing but its recordings when it is removed, and may be made anew', async () => {
    await looped('brief', { record: true });
    await cluster.becomes('brief', 'live');
    const before = /^(\w+)\/0\.m4s$/m.exec(await playlist('brief'))?.[1] ?? '';
    await cluster.api('DELETE', '/channels/brief');
    await eventually(async () => (await fetch(`${cluster.url}/play/brief.m3u8`)).status === 404);
    expect(await playlist(await recordingOf('brief'))).toContain(`${before}/0.m4s\n`);
    await looped('brief');
    await cluster.becomes('brief', 'live');
    const after = await playlist('brief');
    expect(after).toContain('/0.m4s\n');
    expect(after).not.toContain(before);
  });
});
