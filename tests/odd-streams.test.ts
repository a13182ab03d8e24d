import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remove } from '../runtime/files.ts';
import { run, start } from '../runtime/process.ts';
import { openUdp } from '../runtime/udp.ts';
import { type Channels, startChannels } from './channels.ts';
import { ffmpeg } from './clip.ts';
import { eventually, freePorts } from './cluster.ts';
import { decode } from './decode.ts';
import { makeClip, TURNED } from './odd-clips.ts';
import { epochsOf, probe, recordingOf, rotationOf } from './recording.ts';

let cluster: Channels;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-odd-'));
  cluster = await startChannels({ HEADWATER_EDGES: '1', HEADWATER_ORIGIN_PULL_LOCAL: 'yes' });
  await cluster.api('POST', '/channels/demo-live/pause');
});

afterAll(async () => {
  await cluster.stop();
  await remove(folder);
});

const LADDERS = ['passthrough', 'mobile'] as const;

describe('a file whose picture is turned', () => {
  test.each(LADDERS)(
    'is played as it should be seen, %s',
    async (ladder) => {
      const id = `file-${ladder}`;
      const file = join(folder, `${id}.mp4`);
      await makeClip(TURNED, file);
      await cluster.make(id, { source: `file:${file}`, ladder, record: true });
      await cluster.becomes(id, 'live');
      const { videos } = await probe(await recordingOf(cluster, id, 'now'));
      const [seen] = videos;
      expect([seen?.width, seen?.height, seen && rotationOf(seen)]).toEqual(
        ladder === 'passthrough' ? [320, 180, 90] : [136, 240, 0],
      );
    },
    60_000,
  );
});

/** Seconds at which the clock of MPEG-TS wraps. */
const WRAP_SECONDS = 2 ** 33 / 90_000;

/** A part of a transport stream: where its clock starts, its size. */
type Part = { readonly offset: number; readonly size?: string };

const PART_SECONDS = 3;

/** What is sent to a UDP port in real time, part after part, and how many epochs that is. */
const JOINED: readonly (readonly [name: string, parts: readonly Part[], epochs: number])[] = [
  ['whose clock wraps', [{ offset: WRAP_SECONDS - 3 }], 1],
  ['whose clock jumps ahead', [{ offset: 0 }, { offset: 5_000 }], 1],
  ['whose clock jumps back', [{ offset: 5_000 }, { offset: 0 }], 1],
  [
    'whose pictures get another size',
    [{ offset: 0 }, { offset: 3, size: '160x120' }, { offset: 6, size: '160x120' }],
    2,
  ],
];

async function sendParts(parts: readonly Part[], port: number): Promise<void> {
  const socket = await openUdp({ port: 0, hostname: '127.0.0.1', portSetting: '', onDatagram: () => {} });
  for (const { offset, size = '320x180' } of parts) {
    const signal = [
      ...['-re', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${PART_SECONDS}`],
      ...['-re', '-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${PART_SECONDS}`],
    ];
    const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25'];
    const format = ['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-output_ts_offset', `${offset}`, '-f', 'mpegts'];
    const args = [
      '-v',
      'error',
      '-nostdin',
      ...signal,
      ...coding,
      ...format,
      '-flush_packets',
      '1',
      'pipe:1',
    ];
    const { output } = await start({ command: 'ffmpeg', args });
    for await (const bytes of output)
      for (let at = 0; at < bytes.byteLength; at += 1_316)
        socket.send(bytes.subarray(at, at + 1_316), { address: '127.0.0.1', port });
  }
  await socket.close();
}

describe('a transport stream over UDP', () => {
  test.each(JOINED)(
    '%s is played on',
    async (name, parts, epochs) => {
      const id = `udp-${name.replaceAll(' ', '-')}`;
      const port = await freePorts(1);
      await cluster.make(id, { source: `udp://127.0.0.1:${port}` });
      await sendParts(parts, port);
      // A segment that has not ended is not listed; an epoch starts at the second of its key frames.
      const least = PART_SECONDS * parts.length - 2.2 - 2 * (epochs - 1);
      await eventually(async () => lengthOf(await cluster.playlist(id, 'v180')) >= least, 20_000);
      const played = await epochsOf(cluster.edgeUrl, id, 'v180');
      expect(played).toHaveLength(epochs);
      for (const bytes of played) {
        const { frames, errors } = await decode(pieceOf(bytes));
        expect(errors).toEqual([]);
        expect(frames).toBeGreaterThan(24);
      }
    },
    60_000,
  );
});

async function* pieceOf(bytes: Uint8Array) {
  yield bytes;
}

const lengthOf = (playlist: string) =>
  [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);

describe('is refused with the reason', () => {
  test('a stream without anything in it', async () => {
    const { ingest } = await cluster.make('empty');
    const nothing = ['-f', 'lavfi', '-i', 'testsrc2=duration=1', '-frames:v', '0', '-f', 'mpegts'];
    await ffmpeg(...nothing, `${ingest.srt}&linger=2`).catch(() => {});
    await eventually(async () => /ended before/.test((await cluster.state('empty')).reason ?? ''), 20_000);
  }, 60_000);

  test.skipIf(process.env.HEADWATER_ODD_DOORS !== 'all')(
    'a key frame every 20 s, which takes HEADWATER_ODD_DOORS=all',
    async () => {
      const { ingest } = await cluster.make('rare');
      const signal = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
      const coding = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '500', '-pix_fmt', 'yuv420p'];
      const { errors } = await run('ffmpeg', [
        '-v',
        'error',
        ...signal,
        ...coding,
        '-f',
        'flv',
        ingest.rtmp ?? '',
      ]);
      expect(errors.join('\n')).toContain('its key frames are more than 10 s apart');
      expect((await cluster.state('rare')).reason).toContain('its key frames are more than 10 s apart');
    },
    60_000,
  );
});
