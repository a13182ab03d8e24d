import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readPacket } from '../media/rtp/packet-reader.ts';
import { readControl } from '../media/rtp/rtcp.ts';
import { parse } from '../media/sdp/session.ts';
import { remove } from '../runtime/files.ts';
import { run } from '../runtime/process.ts';
import { openUdp } from '../runtime/udp.ts';
import { eventually, freePorts, ok } from './cluster.ts';
import { makeFilm } from './film.ts';

const main = join(import.meta.dirname, '..', 'origin', 'stream', 'main.ts');

let film: string;
let folder: string;
let pictures: number;

beforeAll(async () => {
  film = await makeFilm(4);
  folder = await mkdtemp(join(tmpdir(), 'headwater-stream-test-'));
  pictures = await countPictures(film);
});

afterAll(async () => {
  await remove(folder);
  await remove(dirname(film));
});

async function countPictures(what: string): Promise<number> {
  const asked = ['-v', 'error', '-count_packets', '-select_streams', 'v:0', '-of', 'csv=p=0'];
  const { output } = await run('ffprobe', [...asked, '-show_entries', 'stream=nb_read_packets', what]);
  return Number.parseInt(output.toString(), 10);
}

type Running = {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly status: Promise<number>;
};

function stream(...args: readonly string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (bytes) => (output += bytes));
  const status = once(child, 'exit').then(([code]) => Number(code));
  return { child, output: () => output, status };
}

/** What comes to a port. */
async function listen(port: number) {
  const heard: Uint8Array[] = [];
  const onDatagram = (datagram: Uint8Array) => void heard.push(datagram);
  const socket = await openUdp({ port, hostname: '127.0.0.1', portSetting: 'none', onDatagram });
  return { heard, close: socket.close };
}

async function freePort(): Promise<number> {
  const first = await freePorts(5);
  return first + (first % 2);
}

describe('one film without a cluster', () => {
  test('goes out over RTP whole, and says when it is over', async () => {
    const port = await freePort();
    const [video, control, audio] = await Promise.all([port, port + 1, port + 2].map(listen));
    const { status, output } = stream(film, '--to', `127.0.0.1:${port}`, '--sdp', 'own.sdp');
    expect(await status).toBe(0);
    expect(output()).toContain('ffplay -protocol_whitelist file,udp,rtp own.sdp');
    const described = parse(await readFile(join(folder, 'own.sdp'), 'utf8'));
    expect(described.media.map(({ kind, port }) => [kind, port])).toEqual([
      ['video', port],
      ['audio', port + 2],
    ]);
    for (const { heard } of [video, audio].filter((end) => end !== undefined)) {
      const sequences = heard.map((datagram) => readPacket(datagram)?.sequence ?? -1);
      expect(sequences).toEqual(sequences.map((_, index) => ((sequences[0] ?? 0) + index) % 65_536));
    }
    expect(video?.heard.filter((datagram) => readPacket(datagram)?.marker).length).toBe(pictures);
    const kinds = control?.heard.flatMap(readControl).map(({ kind }) => kind) ?? [];
    expect([kinds[0], kinds.at(-1)]).toEqual(['report', 'bye']);
    await Promise.all([video, control, audio].map((end) => end?.close()));
  });

  test('is served as HLS, whole', async () => {
    const port = await freePort();
    const { child, status } = stream(film, '--protocol', 'hls', '--to', `http://127.0.0.1:${port}`);
    const url = `http://127.0.0.1:${port}/index.m3u8`;
    await eventually(() => ok(url));
    expect(await countPictures(url)).toBe(pictures);
    const [playlist = ''] = (await (await fetch(url)).text()).match(/^v\d+\/index\.m3u8$/m) ?? [];
    expect(await (await fetch(new URL(playlist, url))).text()).toContain('#EXT-X-ENDLIST');
    expect((await fetch(new URL('/nothing', url))).status).toBe(404);
    child.kill('SIGINT');
    expect(await status).toBe(0);
  });

  test('is served as live HLS, over and over', async () => {
    const port = await freePort();
    const { child, status } = stream(film, '--protocol', 'hls', '--to', String(port), '--loop', '--encode');
    const url = `http://127.0.0.1:${port}/index.m3u8`;
    await eventually(() => ok(url));
    const [playlist = ''] = (await (await fetch(url)).text()).match(/^v\d+\/index\.m3u8$/m) ?? [];
    const text = async () => (await fetch(new URL(playlist, url))).text();
    await eventually(async () => (await text()).split('#EXTINF').length > 4);
    expect(await text()).not.toContain('#EXT-X-ENDLIST');
    child.kill('SIGINT');
    expect(await status).toBe(0);
  });

  test('can not go where it is said wrongly', async () => {
    await writeFile(join(folder, 'text.mp4'), 'this is no film');
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const takenPort = typeof address === 'object' && address !== null ? address.port : 0;
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[], 'name a file to stream'],
      [['missing.mp4'], 'there is no file missing.mp4'],
      [['text.mp4'], "text.mp4 can't be read"],
      [['.'], '. is not a file'],
      [[film, '--protocol', 'smoke'], 'it is rtp or hls'],
      [[film, '--to', '127.0.0.1:5005'], 'must be even'],
      [[film, '--to', 'somewhere'], 'is not rtp://'],
      [[film, '--protocol', 'hls', '--to', 'ftp://x'], 'is no port and no URL'],
      [[film, '--protocol', 'hls', '--to', String(takenPort)], `port ${takenPort} is already in use`],
      [[film, '--sdp', 'no/such/folder.sdp', '--to', '127.0.0.1:5004'], 'cannot write no/such/folder.sdp'],
      [[film, '--hops', '3'], "Unknown option '--hops'"],
    ];
    for (const [args, words] of cases) {
      const { status, output } = stream(...args);
      expect([args, await status]).toEqual([args, 1]);
      expect(output()).toContain(words);
      expect(output().trim().split('\n').at(-1)).toStartWith('headwater stream');
    }
    taken.close();
  }, 60_000);

  test('tells its options', async () => {
    const { status, output } = stream('--help');
    expect(await status).toBe(0);
    for (const flag of ['--film', '--protocol', '--to', '--container', '--loop', '--encode', '--sdp'])
      expect(output()).toContain(flag);
  });
});
