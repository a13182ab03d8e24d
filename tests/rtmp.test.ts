import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe as describeEntry } from '../media/codecs/sample-entry.ts';
import type { Demuxed } from '../media/isobmff/demuxer.ts';
import type { MovieTrack } from '../media/isobmff/movie.ts';
import type { Sample } from '../media/sample.ts';
import type { Admit, Claim } from '../origin/ingest/door.ts';
import { listenRtmp } from '../origin/ingest/rtmp/listener.ts';
import type { Feed } from '../origin/packaging/feed.ts';
import { printFeed } from '../origin/transcode/feed-printer.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Exit, exitOf, readLines, run } from '../runtime/process.ts';
import type { TcpListener } from '../runtime/tcp.ts';
import { certificate } from './certificate.ts';
import { AAC, H264, testSignal } from './clip.ts';
import { logTo } from './log.ts';

/** What a channel of this test took. */
type Taken = {
  readonly claim: Claim;
  readonly tracks: readonly MovieTrack[];
  readonly samples: readonly (Sample & { readonly trackId: number })[];
  /** Why its feed broke off; null when it ended. */
  readonly broken: string | null;
};

type Line = {
  readonly msg: string;
  readonly reason?: string;
  readonly door?: string;
  readonly address?: string;
};

const lines: Line[] = [];
const stops = new Map<string, AbortController>();
let listener: TcpListener;

/** Feeds that ended, by channel, and those who wait for them or for their first sample. */
const ended = new Map<string, PromiseWithResolvers<Taken>>();
const begun = new Map<string, PromiseWithResolvers<void>>();
const at = <Value>(map: Map<string, PromiseWithResolvers<Value>>, id: string) => {
  const known = map.get(id) ?? Promise.withResolvers<Value>();
  map.set(id, known);
  return known;
};

const admit: Admit = (claim) => {
  if (claim.key !== 'secret') return { kind: 'refused', code: 'wrong-key', reason: 'the key is wrong' };
  const stop = new AbortController();
  stops.set(claim.presentation, stop);
  const take = async (feed: AsyncIterable<Demuxed>) =>
    at(ended, claim.presentation).resolve(await collect(claim, feed));
  return { kind: 'admitted', publishing: { signal: stop.signal, take, release: () => {} } };
};

async function collect(claim: Claim, feed: AsyncIterable<Demuxed>): Promise<Taken> {
  let tracks: readonly MovieTrack[] = [];
  const samples: (Sample & { readonly trackId: number })[] = [];
  const taken = (broken: string | null): Taken => ({ claim, tracks, samples, broken });
  try {
    for await (const event of feed) {
      if (event.kind === 'movie') tracks = event.tracks;
      else
        for (const run of event.runs)
          samples.push(...run.samples.map((one) => ({ ...one, trackId: run.trackId })));
      if (samples.length > 0) at(begun, claim.presentation).resolve();
    }
    return taken(null);
  } catch (error) {
    return taken(error instanceof Error ? error.message : String(error));
  }
}

beforeAll(async () => {
  const log = logTo((line) => lines.push(line as Line));
  const tls = await certificate();
  const options = { port: 0, hostname: '127.0.0.1', portSetting: 'none', clock: systemClock };
  listener = await listenRtmp({ ...options, log, tls, admit });
});

afterAll(() => listener?.close());

type Encoder = { readonly exited: Promise<Exit>; readonly errors: string[]; readonly kill: () => void };

/** Starts ffmpeg as a publisher, in real time. */
function publish(
  seconds: number,
  path: string,
  scheme = 'rtmp',
  encoding: readonly string[] = [...H264, ...AAC],
): Encoder {
  const url = `${scheme}://127.0.0.1:${listener.port}/${path}`;
  const signal = testSignal(seconds).flatMap((arg) => (arg === 'lavfi' ? [arg, '-re'] : [arg]));
  const args = ['-v', 'error', '-nostdin', ...signal, ...encoding, '-f', 'flv', url];
  const child = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const errors: string[] = [];
  readLines(child.stderr, (line) => errors.push(line));
  return { exited: exitOf(child), errors, kill: () => child.kill('SIGKILL') };
}

const saidOf = (id: string) => lines.map(({ msg }) => msg).filter((msg) => msg.startsWith(`${id}:`));

/** What a decoder makes of it, packaged: frames of picture and of sound, without an error. */
async function decode({ tracks, samples }: Taken): Promise<readonly number[]> {
  const runs = samples.map(({ trackId, ...sample }) => ({ trackId, samples: [sample] }));
  async function* feed(): Feed {
    yield { kind: 'movie', tracks };
    yield { kind: 'samples', runs };
  }
  const folder = await mkdtemp(join(tmpdir(), 'headwater-rtmp-'));
  const file = join(folder, 'taken.mp4');
  try {
    await writeFile(file, Buffer.concat(await Array.fromAsync(printFeed(feed()))));
    const args = [
      '-v',
      'error',
      '-count_frames',
      '-show_entries',
      'stream=nb_read_frames',
      '-of',
      'csv=p=0',
      file,
    ];
    const { output, errors } = await run('ffprobe', args);
    expect(errors).toEqual([]);
    return new TextDecoder().decode(output).trim().split('\n').map(Number);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('ffmpeg publishes', () => {
  test.each(['rtmp', 'rtmps'])('over %s, two at a time, and all of it arrives', async (scheme) => {
    const ids = [`${scheme}-one`, `${scheme}-two`];
    const encoders = ids.map((id, index) =>
      publish(2, [`live/${id}?key=secret`, `live/${id}/secret`][index] ?? '', scheme),
    );
    for (const [index, id] of ids.entries()) {
      expect(await encoders[index]?.exited).toEqual({ kind: 'status', status: 0 });
      const taken = await at(ended, id).promise;
      const { claim, tracks, samples, broken } = taken;
      expect(broken).toBeNull();
      expect(claim).toEqual({ door: 'rtmp', presentation: id, key: 'secret', address: '127.0.0.1' });
      expect(tracks.map((track) => describeEntry(track.sampleEntry))).toMatchObject([
        { codec: 'avc1.64000a', width: 64, height: 48 },
        { codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 },
      ]);
      expect(samples.filter(({ trackId }) => trackId === 1).length).toBe(50);
      const sound = samples.filter(({ trackId }) => trackId === 2);
      expect(sound.slice(1).every(({ dts }, place) => dts - (sound[place]?.dts ?? 0) === 1024)).toBe(true);
      expect(await decode(taken)).toEqual([50, sound.length]);
      expect(saidOf(id)).toEqual([
        `${id}: 127.0.0.1 publishes over RTMP`,
        `${id}: 127.0.0.1 publishes no more: it ended the stream`,
      ]);
    }
  });

  test('with a wrong key, and is told so', async () => {
    const encoder = publish(2, 'live/closed?key=guess');
    expect(await encoder.exited).toEqual({ kind: 'status', status: 1 });
    expect(encoder.errors.join('\n')).toContain('Server error: the key is wrong');
    expect(lines).toContainEqual(
      expect.objectContaining({ presentation: 'closed', reason: 'the key is wrong' }),
    );
    expect(JSON.stringify(lines)).not.toContain('guess');
  });

  test('to no channel, and is told how', async () => {
    const encoder = publish(2, 'studio/guess');
    expect(await encoder.exited).toEqual({ kind: 'status', status: 1 });
    expect(encoder.errors.join('\n')).toContain('rtmp://<host>/live/<id>');
  });

  test('and is killed: its feed breaks off with the reason', async () => {
    const encoder = publish(60, 'live/killed?key=secret');
    await at(begun, 'killed').promise;
    encoder.kill();
    const { broken, samples } = await at(ended, 'killed').promise;
    expect(broken).toMatch(/the publisher closed the connection|the connection broke/);
    expect(samples.length).toBeGreaterThan(0);
    await encoder.exited;
  });

  test('and is sent away: it hears why', async () => {
    const encoder = publish(60, 'live/stopped?key=secret');
    await at(begun, 'stopped').promise;
    stops.get('stopped')?.abort(new Error('the channel was stopped'));
    expect((await at(ended, 'stopped').promise).broken).toBeNull();
    expect(await encoder.exited).toMatchObject({ kind: 'status' });
    expect(encoder.errors.join('\n')).toContain('the channel was stopped');
    expect(saidOf('stopped').at(-1)).toBe('stopped: 127.0.0.1 publishes no more: the channel was stopped');
  });

  test('what is not taken, and hears why', async () => {
    const encoder = publish(60, 'live/old?key=secret', 'rtmp', ['-c:v', 'flv1', ...AAC]);
    const { broken } = await at(ended, 'old').promise;
    expect(broken).toContain('video codec 2 of FLV is not taken');
    await encoder.exited;
    expect(encoder.errors.join('\n')).toContain('H.264, HEVC, AV1 and VP9 are');
  });
});

test('ffmpeg that wants to play is sent away', async () => {
  const url = `rtmp://127.0.0.1:${listener.port}/live/rtmp-one`;
  const child = spawn('ffmpeg', ['-v', 'error', '-i', url, '-f', 'null', '-'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: string[] = [];
  readLines(child.stderr, (line) => errors.push(line));
  expect(await exitOf(child)).toEqual({ kind: 'status', status: 1 });
  expect(errors.join('\n')).toContain('this address is for publishing only');
});
