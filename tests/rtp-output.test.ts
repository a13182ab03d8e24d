import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPacket } from '../media/rtp/packet-reader.ts';
import { readControl } from '../media/rtp/rtcp.ts';
import { remove } from '../runtime/files.ts';
import { find, run } from '../runtime/process.ts';
import { type Channels, startChannels } from './channels.ts';
import { eventually, freePorts } from './cluster.ts';
import { joinGroup } from './group.ts';

let cluster: Channels;
let folder: string;

beforeAll(async () => {
  cluster = await startChannels();
  folder = await mkdtemp(join(tmpdir(), 'headwater-rtp-'));
});

afterAll(async () => {
  await cluster.stop();
  await remove(folder);
});

/** The first of four ports in a row, which is even. */
async function freePort(): Promise<number> {
  const first = await freePorts(5);
  return first + (first % 2);
}

const looped = (id: string, outputs: readonly string[]) =>
  cluster.make(id, { source: `file:${cluster.film}`, ladder: 'mobile', outputs });

/** The description of what a channel sends, once it does. */
async function sdpOf(id: string, name = 'stream.sdp'): Promise<string> {
  const url = `${cluster.edgeUrl}/v/${id}/${name}`;
  await eventually(async () => (await fetch(url)).ok, 60_000);
  return (await fetch(url)).text();
}

async function fileOf(id: string, name?: string): Promise<string> {
  const file = join(folder, `${id}.sdp`);
  await writeFile(file, await sdpOf(id, name));
  return file;
}

/** Plays for some seconds, with all decoded; gives how many pictures and frames of sound came, and what it complains of. */
async function play(file: string, seconds: number) {
  const quiet = ['-hide_banner', '-nostdin', '-v', 'warning', '-protocol_whitelist', 'file,udp,rtp'];
  const args = [...quiet, '-i', file, '-t', String(seconds), '-map', '0', '-f', 'framecrc', '-'];
  const { output, errors } = await run('ffmpeg', args);
  const frames = output.toString().split('\n');
  const of = (stream: number) => frames.filter((line) => line.startsWith(`${stream},`)).length;
  return { streams: [of(0), of(1)] as const, errors };
}

/** What ffmpeg says when packets are missing. Of pictures before the first key frame it says that it can't decode them. */
const losses = (errors: readonly string[]) =>
  errors.filter((line) => /missed|corrupt|continuity|jitter buffer/i.test(line));

describe('a channel that is sent over RTP', () => {
  test('is played by ffmpeg from the description that all nodes give, without a packet missing', async () => {
    await looped('sent', ['hls', `rtp://127.0.0.1:${await freePort()}`]);
    const file = await fileOf('sent');
    const { streams, errors } = await play(file, 6);
    expect(losses(errors)).toEqual([]);
    expect(streams[0]).toBeGreaterThan(6 * 15);
    expect(streams[1]).toBeGreaterThan(6 * 40);
    const urls = [cluster.edgeUrl, cluster.originUrl].map((url) => `${url}/v/sent/stream.sdp`);
    const [edge, origin] = await Promise.all(urls.map((url) => fetch(url)));
    expect(edge?.headers.get('Content-Type')).toBe('application/sdp');
    expect(await edge?.text()).toBe((await origin?.text()) ?? '');
  });

  test('is played as MPEG-TS', async () => {
    await looped('teleported', ['hls', `rtp://127.0.0.1:${await freePort()}?container=ts`]);
    const { streams, errors } = await play(await fileOf('teleported'), 6);
    expect(losses(errors)).toEqual([]);
    expect(streams[0]).toBeGreaterThan(6 * 15);
    expect(streams[1]).toBeGreaterThan(6 * 40);
  });

  test.if(find('gst-launch-1.0') !== null)('is played by GStreamer', async () => {
    const port = await freePort();
    await looped('piped', ['hls', `rtp://127.0.0.1:${port}?audio=none`]);
    const file = await fileOf('piped');
    const sink = 'fakesink name=sink sync=false num-buffers=100 silent=false';
    const source = `filesrc location=${file} ! sdpdemux ! rtph264depay ! h264parse ! avdec_h264`;
    const { exit, output, errors } = await run('timeout', [
      ...['30', 'gst-launch-1.0', '-v'],
      ...`${source} ! ${sink}`.split(' '),
    ]);
    expect({ exit, errors }).toMatchObject({ exit: { status: 0 }, errors: [] });
    expect(output.toString().match(/chain/g)?.length).toBeGreaterThanOrEqual(100);
  });

  test('comes to a group once, whole, with reports', async () => {
    const port = await freePort();
    const address = `239.${port % 250}.7.1`;
    const group = await joinGroup(address, port);
    if (group === null) return;
    await looped('grouped', ['hls', `rtp://${address}:${port}?interface=127.0.0.1&ttl=2&audio=none`]);
    expect(await sdpOf('grouped')).toContain(`c=IN IP4 ${address}/2\r\n`);
    await eventually(() => group.packets.length > 200 && group.controls.length > 1, 60_000);
    const sequences = group.packets.map((packet) => readPacket(packet)?.sequence ?? -1);
    const [first = 0] = sequences;
    expect(sequences).toEqual(sequences.map((_, index) => (first + index) % 65_536));
    expect(group.controls.flatMap(readControl)[0]).toMatchObject({ kind: 'report' });
    await cluster.api('DELETE', '/channels/grouped');
    await eventually(() => group.controls.flatMap(readControl).some(({ kind }) => kind === 'bye'));
    await group.close();
  });

  test('has a description for each address, and none where it is sent to no address', async () => {
    const [one, two] = [await freePort(), await freePort()];
    await looped('twice', ['hls', `rtp://127.0.0.1:${one}`, `rtp://127.0.0.1:${two}?video=none`]);
    expect(await sdpOf('twice')).toContain(`m=video ${one} RTP/AVP 96`);
    const second = await sdpOf('twice', 'stream-2.sdp');
    expect(second).toContain(`m=audio ${two} RTP/AVP 97`);
    expect(second).not.toContain('m=video');
    const none = await fetch(`${cluster.edgeUrl}/v/twice/stream-3.sdp`);
    expect([none.status, await none.text()]).toEqual([404, expect.stringContaining('addresses')]);
    const film = await fetch(`${cluster.edgeUrl}/v/bbb/stream.sdp`);
    expect([film.status, await film.text()]).toEqual([404, expect.stringContaining('rtp://239.0.0.1:5004')]);
  });

  test.each([
    ['rtp://239.0.0.1:0', 'the port is'],
    ['rtp://255.255.255.255:5004', 'nobody in particular'],
    ['rtp://somewhere:5004', 'is no address'],
    ['smoke', 'an output is hls, dash, rtp or rtp://'],
  ])('is refused with %s', async (output, words) => {
    await expect(looped('refused', [output])).rejects.toThrow(words);
  });
});
