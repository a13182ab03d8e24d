import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Channels, startChannels } from './channels.ts';
import { eventually } from './cluster.ts';
import { breaks, ffprobe, packets } from './media.ts';

let cluster: Channels;

beforeAll(async () => {
  cluster = await startChannels();
});

afterAll(() => cluster.stop());

const senders: ChildProcess[] = [];

afterAll(() => {
  for (const sender of senders) sender.kill('SIGKILL');
});

/** ffmpeg, as an encoder that sends CMAF over HTTP; gives what it says at its end. */
function send(url: string, key: string, what: readonly string[], seconds = 60) {
  const signal = [
    ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=25:duration=${seconds}`],
    ...['-re', '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`],
  ];
  const coding = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '50',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'aac',
  ];
  const format = ['-f', 'mp4', '-movflags', '+empty_moov+default_base_moof', '-frag_duration', '200000'];
  const http = ['-method', 'POST', '-headers', `Authorization: Bearer ${key}\r\n`];
  const args = ['-v', 'error', '-nostdin', ...signal, ...coding, ...what, ...format, ...http, url];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  senders.push(child);
  let said = '';
  child.stderr.on('data', (bytes) => (said += bytes));
  return {
    child,
    ended: once(child, 'exit').then(([status]) => ({ status: status as number | null, said })),
  };
}

const both = ['-map', '0:v', '-map', '1:a'];

describe('CMAF over HTTP', () => {
  test('is played as it was sent, pictures and sound in one stream', async () => {
    const { key, ingest } = await cluster.make('plain');
    const { child, ended } = send(`${ingest.cmaf}/live.mp4`, key, both);
    await cluster.becomes('plain', 'live');
    const url = cluster.playUrl('plain');
    const { streams } = await ffprobe(url);
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    expect(breaks(await packets(url, 6))).toEqual([]);
    child.kill('SIGTERM');
    await ended;
    await cluster.becomes('plain', 'offline');
  });

  test('is played with each track in a stream of its own', async () => {
    const { key, ingest } = await cluster.make('apart');
    const video = send(`${ingest.cmaf}/Streams(video.cmfv)`, key, ['-map', '0:v']);
    const audio = send(`${ingest.cmaf}/Streams(audio.cmfa)`, key, ['-map', '1:a']);
    await cluster.becomes('apart', 'live');
    const { streams } = await ffprobe(cluster.playUrl('apart'));
    expect(streams.map(({ codec_type }) => codec_type).sort()).toEqual(['audio', 'video']);
    for (const { child } of [video, audio]) child.kill('SIGKILL');
    await cluster.becomes('apart', 'offline');
  });

  test('is encoded for a channel that has a ladder', async () => {
    const { key, ingest } = await cluster.make('laddered', { ladder: 'mobile' });
    const { child } = send(`${ingest.cmaf}/live.mp4`, key, both);
    await cluster.becomes('laddered', 'live');
    const { streams } = await ffprobe(cluster.playUrl('laddered'));
    expect(streams.map(({ height, codec_name }) => height ?? codec_name).sort()).toEqual(['aac', 180].sort());
    expect(breaks(await packets(cluster.playUrl('laddered'), 4))).toEqual([]);
    child.kill('SIGKILL');
    await cluster.becomes('laddered', 'offline');
  });

  test('comes back under the same URL after its publisher was killed', async () => {
    const { key, ingest } = await cluster.make('back');
    const first = send(`${ingest.cmaf}/live.mp4`, key, both);
    await cluster.becomes('back', 'live');
    first.child.kill('SIGKILL');
    await cluster.becomes('back', 'offline');
    send(`${ingest.cmaf}/live.mp4`, key, both);
    await cluster.becomes('back', 'live');
    await eventually(async () => (await cluster.playlist('back', 'v180')).includes('#EXT-X-DISCONTINUITY\n'));
  });

  test('is refused with a wrong key, to an unknown channel, and beside another publisher', async () => {
    const { key, ingest } = await cluster.make('guarded');
    const wrong = await send(`${ingest.cmaf}/live.mp4`, 'not-the-key', both).ended;
    expect(wrong.status).not.toBe(0);
    const post = (url: string, bearer: string) =>
      fetch(url, { method: 'POST', headers: { Authorization: `Bearer ${bearer}` }, body: 'x' });
    const refused = await post(`${ingest.cmaf}/x`, 'not-the-key');
    expect([refused.status, await refused.text()]).toEqual([403, "the key does not open 'guarded'\n"]);
    expect((await post(`${cluster.originUrl}/cmaf/nobody/x`, key)).status).toBe(404);
    expect((await fetch(`${ingest.cmaf}/x`, { method: 'POST', body: 'x' })).status).toBe(401);
    expect(cluster.output()).toContain("a publisher was refused: the key does not open 'guarded'");
    expect(cluster.output()).not.toContain('not-the-key');
  });

  test('is refused beside the same stream, with the same key', async () => {
    const { key, ingest } = await cluster.make('twice');
    const first = send(`${ingest.cmaf}/live.mp4`, key, both);
    await cluster.becomes('twice', 'live');
    const second = await fetch(`${ingest.cmaf}/live.mp4`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: new Uint8Array(64),
    });
    expect([second.status, await second.text()]).toEqual([400, "'live.mp4' is being sent already\n"]);
    expect((await cluster.state('twice')).state).toBe('live');
    first.child.kill('SIGKILL');
  });

  test('that is none is refused with the reason', async () => {
    const { key, ingest } = await cluster.make('noisy');
    const response = await fetch(`${ingest.cmaf}/x`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: new Uint8Array(4_096).fill(0xff),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).not.toBe('');
    expect(await cluster.state('noisy')).toMatchObject({ state: 'offline' });
  });

  test('whose key frames are too far apart is refused with what to do, once that is known', async () => {
    const { key, ingest } = await cluster.make('sparse', { segmentMs: 1_000 });
    const far = ['-map', '0:v', '-g', '1000', '-keyint_min', '1000'];
    const { child } = send(`${ingest.cmaf}/live.mp4`, key, far);
    await eventually(
      async () => /key frames are more than 10 s apart/.test((await cluster.state('sparse')).reason ?? ''),
      60_000,
    );
    child.kill('SIGKILL');
  });
});
