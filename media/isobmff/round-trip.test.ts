import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../runtime/process.ts';
import { fragmentedClip } from '../../tests/clip.ts';
import type { Sample } from '../sample.ts';
import { writeChunk } from './chunk.ts';
import { Demuxer } from './demuxer.ts';
import { writeInit } from './init.ts';
import type { MovieTrack } from './movie.ts';

type Packet = { pts: number; dts: number; size: string; flags: string };

let folder = '';
let tracks: readonly { readonly track: MovieTrack; readonly samples: readonly Sample[] }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-mp4-'));
  const clip = await fragmentedClip();
  const found = new Demuxer().push(clip);
  const runs = found.flatMap((one) => (one.kind === 'samples' ? one.runs : []));
  const movie = found.flatMap((one) => (one.kind === 'movie' ? one.tracks : []));
  tracks = movie.map((track) => ({
    track,
    samples: runs.filter(({ trackId }) => trackId === track.id).flatMap(({ samples }) => samples),
  }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** One file of a track's samples, in chunks of `perChunk`. */
async function written(index: number, perChunk: number): Promise<string> {
  const { track, samples } = of(index);
  const isVideo = track.handler === 'vide';
  const mediaTime = samples[0]?.compositionOffset ?? 0;
  const { timescale, sampleEntry } = track;
  const kind = isVideo ? ('video' as const) : ('audio' as const);
  const size = isVideo ? { width: 64, height: 48 } : { width: 0, height: 0 };
  const parts = [writeInit({ kind, timescale, mediaTime, sampleEntry, ...size, language: 'deu' })];
  for (let at = 0; at < samples.length; at += perChunk) {
    const some = samples.slice(at, at + perChunk);
    const time = some[0]?.dts ?? 0;
    parts.push(writeChunk({ sequence: parts.length, time, samples: some, opensSegment: at % 25 === 0 }));
  }
  const file = join(folder, `${index}-${perChunk}.mp4`);
  await writeFile(file, Buffer.concat(parts));
  return file;
}

function of(index: number) {
  const found = tracks[index];
  if (found === undefined) throw new Error(`no track ${index}`);
  return found;
}

async function ffprobe(file: string, ...args: readonly string[]) {
  const { output, errors } = await run('ffprobe', ['-v', 'warning', '-of', 'json', ...args, file]);
  expect(errors).toEqual([]);
  return JSON.parse(output.toString());
}

/** What ffmpeg says while it decodes all of a file: nothing, when nothing is wrong. */
async function complaints(file: string): Promise<readonly string[]> {
  const { exit, errors } = await run('ffmpeg', ['-v', 'warning', '-xerror', '-i', file, '-f', 'null', '-']);
  return exit.kind === 'status' && exit.status === 0
    ? errors
    : [...errors, `ended with ${JSON.stringify(exit)}`];
}

describe.each([
  ['pictures with B-frames', 0],
  ['sound', 1],
])('%s, demuxed and written again', (_, index) => {
  test.each([1, 25, 1000])('in chunks of %d, are read by ffprobe as they were', async (perChunk) => {
    const { samples } = of(index);
    const mediaTime = samples[0]?.compositionOffset ?? 0;
    const { packets } = (await ffprobe(await written(index, perChunk), '-show_packets')) as {
      packets: Packet[];
    };
    const expected = samples.map(({ dts, compositionOffset, data, sync }) => ({
      pts: dts + compositionOffset - mediaTime,
      dts: dts - mediaTime,
      size: data.byteLength,
      sync,
    }));
    const found = packets.map(({ pts, dts, size, flags }) => ({
      pts,
      dts,
      size: Number(size),
      sync: flags.startsWith('K'),
    }));
    expect(found).toEqual(expected);
  });

  test('are decoded without an error', async () => {
    expect(await complaints(await written(index, 25))).toEqual([]);
  });
});

test('a damaged file does make ffmpeg complain', async () => {
  const file = await written(0, 25);
  const bytes = await readFile(file);
  bytes.fill(0x55, bytes.byteLength - 400);
  await writeFile(join(folder, 'damaged.mp4'), bytes);
  expect(await complaints(join(folder, 'damaged.mp4'))).not.toEqual([]);
});

test('an init segment says codec, size, timescale and language', async () => {
  const video = await ffprobe(await written(0, 25), '-show_streams');
  expect(video.streams).toMatchObject([
    { codec_name: 'h264', width: 64, height: 48, time_base: `1/${of(0).track.timescale}`, start_pts: 0 },
  ]);
  const audio = await ffprobe(await written(1, 25), '-show_streams');
  expect(audio.streams).toMatchObject([
    { codec_name: 'aac', sample_rate: '48000', channels: 2, tags: { language: 'deu' } },
  ]);
});

test.each([0, 1])('what was written of track %d is demuxed again as the same samples', async (index) => {
  const { samples } = of(index);
  const bytes = new Uint8Array(await readFile(await written(index, 7)));
  const again = new Demuxer().push(bytes).flatMap((one) => (one.kind === 'samples' ? one.runs : []));
  expect(again.flatMap((one) => one.samples)).toEqual([...samples]);
});

describe('a chunk', () => {
  const sample = { dts: 0, compositionOffset: 0, duration: 1, sync: true, data: Uint8Array.of(1) };
  const chunk = (opensSegment: boolean) =>
    writeChunk({ sequence: 1, time: 2 ** 40, samples: [sample], opensSegment });

  test('has a segment type only when it opens a segment', () => {
    const types = (bytes: Uint8Array) => Buffer.from(bytes.subarray(4, 8)).toString();
    expect(types(chunk(true))).toBe('styp');
    expect(types(chunk(false))).toBe('moof');
  });

  test('may lie years into the timeline', () => {
    const init = writeInit({
      ...{ kind: 'video', timescale: 1000, mediaTime: 0, width: 2, height: 2, language: 'und' },
      sampleEntry: of(0).track.sampleEntry,
    });
    const found = new Demuxer().push(new Uint8Array(Buffer.concat([init, chunk(true)])));
    expect(found.at(-1)).toMatchObject({ kind: 'samples', runs: [{ samples: [{ dts: 2 ** 40 }] }] });
  });
});
