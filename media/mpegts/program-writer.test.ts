import { beforeAll, describe, expect, test } from 'bun:test';
import { fragmentedClip, sampleEntries } from '../../tests/clip.ts';
import { discontinuities, readPackets, readPes, type TsPacket } from '../../tests/transport-stream.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import { join } from '../join.ts';
import { presentationTime, type Sample } from '../sample.ts';
import { PACKET_BYTES } from './packet.ts';
import { readPacket } from './packet-reader.ts';
import { ProgramReader } from './program-reader.ts';
import { ProgramWriter } from './program-writer.ts';
import { MEDIA_PID, PAT_PID, PMT_PID } from './section.ts';

type Sent = { readonly index: number; readonly sample: Sample; readonly atSeconds: number };

let tracks: readonly MovieTrack[];
let samples: readonly Sent[];

beforeAll(async () => {
  const events = new Demuxer().push(await fragmentedClip());
  tracks = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  samples = events.flatMap((event) => {
    if (event.kind === 'movie') return [];
    return event.runs.flatMap((run) => {
      const index = tracks.findIndex(({ id }) => id === run.trackId);
      const timescale = tracks[index]?.timescale ?? 1;
      return run.samples.map((sample) => ({
        index,
        sample,
        atSeconds: presentationTime(sample) / timescale,
      }));
    });
  });
});

function writerOf(some: readonly MovieTrack[]): ProgramWriter {
  const writer = ProgramWriter.of(some);
  if (writer === null) throw new Error('a track is not carried');
  return writer;
}

const write = (offset = 0) => {
  const writer = writerOf(tracks);
  return samples.map(({ index, sample, atSeconds }) => writer.write(index, sample, atSeconds + offset));
};

const packets = (): readonly TsPacket[] => readPackets(join(write()));
const pids = (bytes: Uint8Array) => readPackets(bytes).map(({ pid }) => pid);

describe('a program that is written', () => {
  test('has counters that go on, and all units whole', () => {
    expect(discontinuities(packets())).toEqual([]);
    for (const [index, { timescale }] of tracks.entries()) {
      const sent = samples.filter((one) => one.index === index);
      const units = readPes(packets(), MEDIA_PID + index);
      expect(units.length).toBe(sent.length);
      const times = units.map(({ pts, dts }) => [Number(pts - (units[0]?.pts ?? 0n)), Number(pts - dts)]);
      const first = sent[0]?.atSeconds ?? 0;
      expect(times).toEqual(
        sent.map(({ sample, atSeconds }) => [
          expect.closeTo((atSeconds - first) * 90_000, 0),
          expect.closeTo((sample.compositionOffset / timescale) * 90_000, 0),
        ]),
      );
    }
  });

  test('says what it has before each key frame, and no less than twice a second', () => {
    const written = write();
    const tables = samples.filter((_, index) => pids(written[index] ?? new Uint8Array())[0] === PAT_PID);
    for (const { index, sample } of samples)
      if (index === 0 && sample.sync) expect(tables.map((one) => one.sample)).toContain(sample);
    for (const [index, { atSeconds }] of tables.entries())
      expect(atSeconds - (tables[index - 1]?.atSeconds ?? atSeconds)).toBeLessThan(0.7);
    const [first] = written;
    expect(pids(first ?? new Uint8Array()).slice(0, 3)).toEqual([PAT_PID, PMT_PID, MEDIA_PID]);
  });

  test('has a map of its streams, of which the pictures carry the clock', () => {
    const program = new ProgramReader();
    const [bytes = new Uint8Array()] = write();
    for (let at = 0; at < bytes.byteLength; at += PACKET_BYTES) {
      const head = readPacket(bytes, at);
      if (head !== null) program.push(head);
    }
    expect(program.streams).toMatchObject([
      { pid: MEDIA_PID, type: 0x1b },
      { pid: MEDIA_PID + 1, type: 0x0f },
    ]);
    expect(new Set(packets().flatMap(({ pid, pcr }) => (pcr === null ? [] : [pid])))).toEqual(
      new Set([MEDIA_PID]),
    );
  });

  test('has a clock that rises, and is behind what is decoded', () => {
    const references = packets().flatMap(({ pcr }) => (pcr === null ? [] : [pcr]));
    expect(references.length).toBe(samples.filter(({ index }) => index === 0).length);
    expect(references.toSorted((a, b) => Number(a - b))).toEqual([...references]);
    const [unit] = readPes(packets(), MEDIA_PID);
    expect(Number((unit?.dts ?? 0n) * 300n - (references[0] ?? 0n)) / 27e6).toBeCloseTo(0.7, 4);
  });

  test('of sound alone has its clock with it', () => {
    const [, sound] = tracks;
    const writer = writerOf(sound ? [sound] : []);
    const own = samples.filter(({ index }) => index === 1);
    const bytes = join(own.map(({ sample, atSeconds }) => writer.write(0, sample, atSeconds)));
    const all = readPackets(bytes);
    expect(all.filter(({ pcr }) => pcr !== null).length).toBe(own.length);
    expect(all.filter(({ pid }) => pid === PMT_PID).length).toBe(
      1 + Math.floor((own.at(-1)?.atSeconds ?? 0) / 0.5),
    );
  });

  test('goes on where its times start again', () => {
    const wrap = 2 ** 33 / 90_000 - 11;
    expect(discontinuities(readPackets(join(write(wrap))))).toEqual([]);
    const [first, second] = readPes(readPackets(join(write(wrap))), MEDIA_PID).slice(-2);
    expect(Math.abs(Number((second?.dts ?? 0n) - (first?.dts ?? 0n)))).toBeLessThan(90_000);
  });
});

test('an empty sample, or one of no track, is nothing', () => {
  const writer = writerOf(tracks);
  const [one] = samples;
  if (one === undefined) throw new Error('no samples');
  expect(writer.write(0, { ...one.sample, data: new Uint8Array() }, 0)).toEqual(new Uint8Array());
  expect(writer.write(2, one.sample, 0)).toEqual(new Uint8Array());
});

test('there is none of a track that MPEG-TS does not carry here', async () => {
  const [opus = new Uint8Array()] = await sampleEntries(['-vn', '-c:a', 'libopus'], { moov: 'delay_moov' });
  expect(ProgramWriter.of([...tracks, { sampleEntry: opus, timescale: 48_000 }])).toBeNull();
});
