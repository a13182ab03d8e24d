import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import type { Feed } from '../packaging/feed.ts';
import { startEncoder } from './encoder.ts';
import { plan } from './ladder.ts';
import { probe, Unreadable } from './probe.ts';
import { stillFrom } from './still.ts';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-probe-'));
  const signal = testSignal(1, '64x48', '30000/1001');
  await ffmpeg(...signal, ...H264, ...AAC, '-metadata:s:a:0', 'language=deu', at('film.mp4'));
  const film = await readFile(at('film.mp4'));
  const still = ['-f', 'lavfi', '-i', 'color=size=32x32:duration=0.04'];
  await Promise.all([
    ffmpeg(...signal, '-map', '1:a', ...AAC, at('sound.m4a')),
    ffmpeg(...signal, '-map', '0:v', ...H264, at('silent.mp4')),
    ffmpeg('-i', at('film.mp4'), '-c', 'copy', '-movflags', '+faststart', at('early.mp4')),
    ffmpeg(
      ...signal,
      ...still,
      '-map',
      '1:a',
      '-map',
      '2:v',
      '-c:a',
      'libmp3lame',
      '-c:v',
      'mjpeg',
      '-disposition:v',
      'attached_pic',
      at('cover.mp3'),
    ),
    writeFile(at('text.mp4'), 'This is no film.\n'),
    writeFile(at('empty.mp4'), ''),
    writeFile(at('noise.mp4'), Buffer.alloc(4_096, 0xa5)),
    writeFile(at('cut.mp4'), film.subarray(0, film.byteLength / 2)),
  ]);
  const early = await readFile(at('early.mp4'));
  await writeFile(at('early-cut.mp4'), early.subarray(0, early.byteLength / 2));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const VIDEO = { width: 64, height: 48, frameRate: { num: 30_000, den: 1_001 } };

describe('a source', () => {
  test.each([
    ['film.mp4', { video: VIDEO, audio: { channels: 2, language: 'deu' } }],
    ['sound.m4a', { video: null, audio: { channels: 2, language: 'und' } }],
    ['silent.mp4', { video: VIDEO, audio: null }],
    ['early-cut.mp4', { video: VIDEO, audio: { channels: 2, language: 'deu' } }],
    // A cover is no video.
    ['cover.mp3', { video: null, audio: { channels: 1, language: 'und' } }],
  ])('%s is what it is', async (name, expected) => {
    const source = await probe(at(name));
    expect(source).toMatchObject(expected);
    expect(source.durationSeconds).toBeCloseTo(1, 0);
  });

  test.each([
    ['text.mp4', 'moov atom not found'],
    ['empty.mp4', 'moov atom not found'],
    ['noise.mp4', 'moov atom not found'],
    ['cut.mp4', 'moov atom not found'],
    ['missing.mp4', 'No such file or directory'],
  ])('%s is unreadable, and the reason is said in one line', async (name, reason) => {
    const error = await probe(at(name)).catch((one) => one);
    expect(error).toBeInstanceOf(Unreadable);
    expect(error.message).toEndWith(reason);
    expect(error.message).not.toContain('\n');
  });
});

describe('an encoder', () => {
  const encode = async (name: string) => {
    const source = await probe(at('film.mp4'));
    const job = { source, renditions: plan(source, 'mobile'), segmentSeconds: 2 };
    return startEncoder({ ...job, input: { kind: 'film', file: at(name) } });
  };
  const drain = async (output: Feed) => {
    let samples = 0;
    for await (const event of output) if (event.kind === 'samples') samples += event.runs.length;
    return samples;
  };

  test('that comes to the end of its source is complete', async () => {
    const { output, ending } = await encode('film.mp4');
    expect(await drain(output)).toBeGreaterThan(60);
    expect(await ending).toEqual({ kind: 'complete' });
  });

  test('that can not go on is broken, and says why', async () => {
    const { output, ending } = await encode('text.mp4');
    await drain(output);
    expect(await ending).toEqual({ kind: 'broken', reason: expect.stringContaining('moov atom not found') });
  });

  test('that was stopped is not broken', async () => {
    const source = await probe(at('film.mp4'));
    const job = { source, renditions: plan(source, 'mobile'), segmentSeconds: 2 };
    const input = { kind: 'paced', file: at('film.mp4'), loop: true, clock: null } as const;
    const { output, ending, stop } = await startEncoder({ ...job, input });
    for await (const _ of output) break;
    await stop();
    expect(await ending).toEqual({ kind: 'stopped' });
  });
});

describe('a still', () => {
  test('is a JPEG of the picture at a time', async () => {
    const jpeg = await stillFrom(at('film.mp4'), 0.5);
    expect([...jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  test.each([
    ['text.mp4', 0],
    ['sound.m4a', 0],
    ['film.mp4', 100],
  ])('can not be taken of %s at %d s', async (name, seconds) => {
    expect(await stillFrom(at(name), seconds).catch((one) => one)).toBeInstanceOf(Unreadable);
  });
});
