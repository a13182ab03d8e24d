import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { run } from '../../runtime/process.ts';
import { type CmafOptions, type CmafTrack, cmafTrack } from '../../tests/cmaf.ts';
import { discontinuities, readPackets, readPes } from '../../tests/transport-stream.ts';
import * as Avc from '../codecs/avc.ts';
import * as Mpeg4Audio from '../codecs/mpeg4-audio.ts';
import { read as readEntry } from '../codecs/sample-entry.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { presentationTime } from '../sample.ts';
import { MEDIA_PID, PAT_PID, PMT_PID } from './section.ts';
import { toTransportStream } from './segment.ts';
import { bytesAtMost } from './size.ts';

const H264 = ['-map', '0:v', '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-bf', '2'];
const AAC = ['-map', '1:a', '-c:a', 'aac', '-b:a', '64k', '-ac', '2'];
const MP3 = ['-map', '1:a', '-c:a', 'libmp3lame', '-b:a', '96k', '-reservoir', '0'];

type Case = readonly [name: string, encoding: readonly string[], options: CmafOptions];

/** Each segment is a group of pictures, or about a second of sound. */
const CASES: readonly Case[] = [
  ['H.264 with B-frames', [...H264, '-g', '25'], { samplesPerSegment: 25 }],
  ['H.264 at 5/s', [...H264, '-g', '10'], { rate: '5', samplesPerSegment: 10 }],
  ['H.264 at 30000/1001', [...H264, '-g', '30'], { rate: '30000/1001', samplesPerSegment: 30 }],
  ['large pictures', [...H264, '-g', '5', '-qp', '1'], { size: '640x480', seconds: 1, samplesPerSegment: 5 }],
  ['AAC', AAC, { samplesPerSegment: 47 }],
  ['AAC at 44.1 kHz, mono', [...AAC, '-ar', '44100', '-ac', '1'], { samplesPerSegment: 43 }],
  ['MP3', MP3, { samplesPerSegment: 41 }],
  ['MP3 at a half rate', [...MP3, '-ar', '22050', '-b:a', '32k'], { samplesPerSegment: 38 }],
];

let folder = '';
const made = new Map<string, CmafTrack>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headwater-ts-'));
  for (const [name, encoding, options] of CASES) made.set(name, await cmafTrack(encoding, options));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function of(name: string): CmafTrack {
  const found = made.get(name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
}

const convert = ({ init, segments }: CmafTrack, first = 0) =>
  segments.map((segment, index) => toTransportStream(init, segment, first + index) ?? new Uint8Array());

async function file(name: string, parts: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, name.replace(/\W/g, '-'));
  await writeFile(path, Buffer.concat(parts));
  return path;
}

type Probed = { pts: number; dts: number; size: string; flags: string };

async function ffprobe(path: string): Promise<readonly Probed[]> {
  const args = ['-v', 'warning', '-of', 'json', '-show_packets', path];
  const { output, errors } = await run('ffprobe', args);
  expect(errors).toEqual([]);
  return JSON.parse(output.toString()).packets;
}

/** A hash of each decoded picture or frame of sound, without its time. */
async function decoded(path: string): Promise<readonly string[]> {
  const { output, errors } = await run('ffmpeg', ['-v', 'warning', '-i', path, '-f', 'framemd5', '-']);
  expect(errors).toEqual([]);
  const lines = output.toString().split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1) ?? '');
}

/** Bytes that a sample has more in its byte stream. */
function extraBytes({ track }: CmafTrack, sync: boolean): number {
  const entry = readEntry(track.sampleEntry);
  if (entry?.type === 'mp4a')
    return Mpeg4Audio.isMp3(Mpeg4Audio.readConfig(entry.configuration).objectType) ? 0 : 7;
  if (entry?.type !== 'avc1') throw new Error(`no ${entry?.type} was asked for`);
  const { parameterSets } = Avc.readConfiguration(entry.configuration);
  return 6 + (sync ? parameterSets.reduce((sum, { byteLength }) => sum + 4 + byteLength, 0) : 0);
}

describe.each(CASES.map(([name]) => name))('%s in MPEG-TS', (name) => {
  test('is read by ffprobe as it was, ten seconds later', async () => {
    const cmaf = of(name);
    const { samples, mediaTime, track } = cmaf;
    const packets = await ffprobe(await file(`${name}.ts`, convert(cmaf)));
    const clock = (ticks: number) => ((ticks - mediaTime) / track.timescale + 10) * 90_000;
    expect(packets).toHaveLength(samples.length);
    for (const [index, sample] of samples.entries()) {
      const packet = packets[index];
      expect(Number(packet?.size)).toBe(sample.data.byteLength + extraBytes(cmaf, sample.sync));
      // Of the samples in one PES packet only the first brings its time: ffprobe counts on in whole ticks.
      expect(Math.abs((packet?.pts ?? 0) - clock(presentationTime(sample)))).toBeLessThanOrEqual(5);
      expect(Math.abs((packet?.dts ?? 0) - clock(sample.dts))).toBeLessThanOrEqual(5);
      expect(packet?.flags.startsWith('K')).toBe(sample.sync);
    }
  });

  test('is decoded to the same pictures or sounds', async () => {
    const cmaf = of(name);
    const before = await decoded(await file(`${name}.mp4`, [cmaf.init, ...cmaf.segments]));
    expect(await decoded(await file(`${name}.ts`, convert(cmaf)))).toEqual([...before]);
  });

  test('goes on with its counters from segment to segment, wherever each is made', () => {
    const segments = convert(of(name), 1_000);
    expect(discontinuities(segments.flatMap(readPackets))).toEqual([]);
    for (const [index, segment] of segments.entries()) {
      const packets = readPackets(segment);
      expect(packets.slice(0, 2)).toMatchObject([{ pid: PAT_PID }, { pid: PMT_PID }]);
      expect(packets[0]?.counter).toBe((1_000 + index) % 16);
      expect(packets.filter(({ pid, payload }) => pid === MEDIA_PID && payload.length > 0).length % 16).toBe(
        0,
      );
    }
  });

  test('is no larger than is promised', () => {
    const { segments, samples, track } = of(name);
    const total = samples.reduce((sum, { duration }) => sum + duration, 0) / track.timescale;
    const seconds = total / segments.length;
    const framesPerSecond = track.handler === 'vide' ? samples.length / total : 0;
    for (const [index, made] of convert(of(name)).entries()) {
      const size = segments[index]?.byteLength ?? 0;
      expect(made.byteLength).toBeLessThanOrEqual(bytesAtMost(size, seconds, framesPerSecond));
    }
  });

  test('brings a clock at least each 0.1 s, which no picture or sound is ahead of', () => {
    const packets = convert(of(name)).flatMap(readPackets);
    const clocks = packets.flatMap(({ pcr }) => (pcr === null ? [] : [Number(pcr) / 27_000_000]));
    for (const [index, clock] of clocks.entries()) {
      const step = clock - (clocks[index - 1] ?? clock);
      if (index > 0) expect(step).toBeGreaterThan(0);
      expect(step).toBeLessThanOrEqual(0.1001);
    }
    const media = packets.filter(({ pid }) => pid === MEDIA_PID);
    const starts = media.filter((packet) => packet.starts);
    for (const [index, { dts }] of readPes(media, MEDIA_PID).entries()) {
      const lead = Number(dts) / 90_000 - Number(starts[index]?.pcr) / 27_000_000;
      expect(Math.abs(lead - 0.1)).toBeLessThan(0.0001);
    }
  });
});

test('of more than a day on the timeline the timestamps have come round', async () => {
  const startSeconds = Math.round(2 ** 33 / 90_000) - 11;
  const cmaf = await cmafTrack([...H264, '-g', '25'], { samplesPerSegment: 25, seconds: 2, startSeconds });
  const packets = convert(cmaf).flatMap(readPackets);
  const list = readPes(packets, MEDIA_PID);
  const step = BigInt(90_000 / 25);
  const first = list[0]?.dts ?? 0n;
  expect(list.map(({ dts }) => dts)).toEqual(
    list.map((_, index) => (first + BigInt(index) * step) % 2n ** 33n),
  );
  expect(list.at(-1)?.dts).toBeLessThan(first);
  expect(packets.filter(({ pcr }) => pcr !== null && pcr >= 2n ** 33n * 300n)).toEqual([]);
});

test('nothing is made of a coding that is not carried', async () => {
  for (const encoding of [
    ['-map', '0:v', '-c:v', 'libvpx-vp9'],
    ['-map', '1:a', '-c:a', 'libopus'],
  ]) {
    const { init, segments } = await cmafTrack(encoding, { samplesPerSegment: 100, seconds: 0.2 });
    expect(toTransportStream(init, segments[0] ?? new Uint8Array(), 0)).toBeNull();
  }
});

describe('of bytes that were changed', () => {
  const change = fc.tuple(fc.nat(3_000), fc.oneof(fc.constantFrom(0, 1, 0xff), fc.nat(255)));
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });

  test.each(['H.264 with B-frames', 'AAC', 'MP3'])('%s is malformed, or makes whole packets', (name) => {
    const { init, segments } = of(name);
    const segment = segments[0] ?? new Uint8Array();
    let malformed = 0;
    fc.assert(
      fc.property(changes, changes, (inInit, inSegment) => {
        const [one, two] = [changed(init, inInit), changed(segment, inSegment)];
        try {
          const made = toTransportStream(one, two, 0);
          if (made !== null) expect(discontinuities(readPackets(made))).toEqual([]);
        } catch (error) {
          if (!(error instanceof MalformedBox)) throw error;
          malformed += 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(malformed).toBeGreaterThan(0);
  });

  test.each(['H.264 with B-frames', 'AAC', 'MP3'])(
    '%s cut short anywhere makes less, or is malformed',
    (name) => {
      const { init, segments } = of(name);
      const segment = segments[0] ?? new Uint8Array();
      fc.assert(
        fc.property(fc.nat(init.byteLength), fc.nat(segment.byteLength), (ofInit, ofSegment) => {
          try {
            toTransportStream(init.subarray(0, ofInit), segment.subarray(0, ofSegment), 0);
          } catch (error) {
            if (!(error instanceof MalformedBox)) throw error;
          }
        }),
        { numRuns: 200 },
      );
    },
  );
});

function changed(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const broken = bytes.slice();
  for (const [at, value] of changes) broken[at % broken.byteLength] = value;
  return broken;
}
