import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { fragmentedClip } from '../../tests/clip.ts';
import { describe as describeEntry } from '../codecs/sample-entry.ts';
import type { Sample } from '../sample.ts';
import { MalformedBox } from './box.ts';
import { type Demuxed, Demuxer } from './demuxer.ts';
import type { MovieTrack } from './movie.ts';
import { box, fullBox, u32, u64 } from './writer.ts';

let clip = new Uint8Array();
beforeAll(async () => {
  clip = await fragmentedClip();
});

function demux(bytes: Uint8Array, piece = bytes.byteLength): Demuxed[] {
  const demuxer = new Demuxer();
  const found: Demuxed[] = [];
  for (let at = 0; at < bytes.byteLength; at += piece)
    found.push(...demuxer.push(bytes.slice(at, at + piece)));
  return found;
}

const tracksIn = (found: readonly Demuxed[]): readonly MovieTrack[] =>
  found.flatMap((one) => (one.kind === 'movie' ? one.tracks : []));

function samplesIn(found: readonly Demuxed[], trackId: number | undefined): Sample[] {
  const runs = found.flatMap((one) => (one.kind === 'samples' ? one.runs : []));
  return runs.filter((run) => run.trackId === trackId).flatMap(({ samples }) => samples);
}

describe("ffmpeg's fragmented MP4", () => {
  test('says what its tracks are', () => {
    const tracks = tracksIn(demux(clip));
    expect(tracks.map(({ handler }) => handler)).toEqual(['vide', 'soun']);
    expect(tracks.map(({ sampleEntry }) => describeEntry(sampleEntry))).toEqual([
      { kind: 'video', codec: expect.stringMatching(/^avc1\.6400[0-9a-f]{2}$/), width: 64, height: 48 },
      { kind: 'audio', codec: 'mp4a.40.2', channels: 2, sampleRate: 48_000 },
    ]);
  });

  test('holds all pictures, those with B-frames reordered', () => {
    const found = demux(clip);
    const [video] = tracksIn(found);
    const pictures = samplesIn(found, video?.id);
    expect(pictures).toHaveLength(75);
    expect(pictures.filter(({ sync }) => sync)).toHaveLength(3);
    expect(new Set(pictures.map(({ compositionOffset }) => compositionOffset)).size).toBeGreaterThan(1);
    const ascending = pictures.map(({ dts }) => dts).sort((a, b) => a - b);
    expect(pictures.map(({ dts }) => dts)).toEqual(ascending);
  });

  test('gives the same read byte by byte', () => {
    expect(demux(clip, 1)).toEqual(demux(clip));
  });

  test('cut short anywhere gives the start of what the whole gives', () => {
    const whole = demux(clip);
    fc.assert(
      fc.property(fc.nat(clip.byteLength), (length) => {
        const found = demux(clip.slice(0, length));
        expect(found).toEqual(whole.slice(0, found.length));
      }),
      { numRuns: 50 },
    );
  });

  test('with bytes changed is malformed or gives values: nothing else is thrown', () => {
    // Bytes of media are opaque: changes there prove nothing, so they fall on headers and tables.
    const structure = [...structureOf(clip)];
    const change = fc.tuple(
      fc.constantFrom(...structure),
      fc.oneof(fc.constantFrom(0, 1, 0xff), fc.nat(255)),
    );
    let malformed = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const broken = clip.slice();
        for (const [at, value] of changes) broken[at] = value;
        if (!isReadable(broken)) malformed += 1;
      }),
      { numRuns: 600 },
    );
    expect(malformed).toBeGreaterThan(0);
  });
});

/** Places of the bytes of all top-level boxes but the insides of `mdat`. */
function* structureOf(bytes: Uint8Array): Generator<number> {
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.byteLength; at += view.getUint32(at)) {
    const isMedia = view.getUint32(at + 4) === 0x6d64_6174;
    for (let offset = 0; offset < (isMedia ? 8 : view.getUint32(at)); offset++) yield at + offset;
  }
}

/** Reads all that there is to read. False when it is malformed. */
function isReadable(bytes: Uint8Array): boolean {
  try {
    for (const { sampleEntry } of tracksIn(demux(bytes))) describeEntry(sampleEntry);
    return true;
  } catch (error) {
    if (error instanceof MalformedBox) return false;
    throw error;
  }
}

/** A movie of one track, whose boxes can be left out or cut. */
function movie(change: {
  readonly mdhd?: Uint8Array;
  readonly stsd?: Uint8Array;
  readonly mvex?: Uint8Array;
}) {
  const tkhd = fullBox('tkhd', 0, 3, u32(0, 0, 1, 0, 0));
  const mdhd = change.mdhd ?? fullBox('mdhd', 0, 0, u32(0, 0, 1000, 0, 0));
  const hdlr = fullBox('hdlr', 0, 0, u32(0), new TextEncoder().encode('vide'));
  const stsd = change.stsd ?? fullBox('stsd', 0, 0, u32(1), box('avc1', new Uint8Array(80)));
  const mdia = box('mdia', mdhd, hdlr, box('minf', box('stbl', stsd)));
  const mvex = change.mvex ?? box('mvex', fullBox('trex', 0, 0, u32(1, 1, 40, 4, 0)));
  return box('moov', box('trak', tkhd, mdia), mvex);
}

type Run = { readonly flags: number; readonly words: readonly number[]; readonly version?: number };

/** A fragment of track 1 at time 100, with one run. */
function fragment(
  { flags, words, version = 0 }: Run,
  media: Uint8Array,
  tfhd = u32(1),
  tfhdFlags = 0x2_0000,
) {
  const traf = box(
    'traf',
    fullBox('tfhd', 0, tfhdFlags, tfhd),
    fullBox('tfdt', 1, 0, u64(100)),
    fullBox('trun', version, flags, u32(...words)),
  );
  return Buffer.concat([box('moof', traf), box('mdat', media)]);
}

/** Where media begins, from the start of a `moof` whose run has so many words. */
const dataOffset = (words: number) => 8 + 8 + 16 + 20 + 12 + words * 4 + 8;

const read = (...parts: readonly Uint8Array[]) => samplesIn(demux(new Uint8Array(Buffer.concat(parts))), 1);

describe('a fragment', () => {
  test('takes from the movie what it does not say itself', () => {
    const samples = read(movie({}), fragment({ flags: 0x1, words: [2, dataOffset(2)] }, new Uint8Array(8)));
    expect(samples).toMatchObject([
      { dts: 100, duration: 40, compositionOffset: 0, sync: true },
      { dts: 140, duration: 40, compositionOffset: 0, sync: true },
    ]);
    expect(samples.map(({ data }) => data.byteLength)).toEqual([4, 4]);
  });

  test('takes from its own header what its run does not say', () => {
    const header = u32(1, 20, 3, 0x1_0000);
    const run = { flags: 0x1, words: [1, dataOffset(2) + 12] };
    const samples = read(movie({}), fragment(run, new Uint8Array(3), header, 0x2_0038));
    expect(samples).toMatchObject([{ duration: 20, sync: false }]);
    expect(samples[0]?.data.byteLength).toBe(3);
  });

  test('says of its first sample alone that it is a key frame', () => {
    const header = u32(1, 0x1_0000);
    const run = { flags: 0x5, words: [2, dataOffset(3) + 4, 0] };
    const samples = read(movie({}), fragment(run, new Uint8Array(8), header, 0x2_0020));
    expect(samples.map(({ sync }) => sync)).toEqual([true, false]);
  });

  test('may show pictures before they are decoded', () => {
    const run = { version: 1, flags: 0x801, words: [1, dataOffset(3), 0xffff_fff6] };
    expect(read(movie({}), fragment(run, new Uint8Array(4)))).toMatchObject([{ compositionOffset: -10 }]);
  });

  test('gives the bytes that it points at', () => {
    const run = { flags: 0x1, words: [1, dataOffset(2) + 2] };
    const media = Uint8Array.of(1, 2, 3, 4, 5, 6);
    expect(read(movie({}), fragment(run, media))[0]?.data).toEqual(Uint8Array.of(3, 4, 5, 6));
  });

  test.each([
    [
      'of a track that the movie does not have',
      fragment({ flags: 1, words: [1, dataOffset(2)] }, new Uint8Array(4), u32(2)),
    ],
    [
      'with absolute offsets',
      fragment({ flags: 1, words: [1, dataOffset(2)] }, new Uint8Array(4), u32(1, 0, 0), 1),
    ],
    ['without a data offset', fragment({ flags: 0, words: [1] }, new Uint8Array(4))],
    ['that points before its media', fragment({ flags: 1, words: [1, 0] }, new Uint8Array(4))],
    ['that points behind its media', fragment({ flags: 1, words: [2, dataOffset(2)] }, new Uint8Array(7))],
    [
      'whose run is shorter than it says',
      fragment({ flags: 0x301, words: [3, dataOffset(4), 1, 4] }, new Uint8Array(12)),
    ],
    [
      'of four thousand million samples without bytes',
      fragment({ flags: 1, words: [0xffff_ffff, dataOffset(2) + 4] }, new Uint8Array(4), u32(1, 0), 0x2_0010),
    ],
    ['without its moof', box('mdat', new Uint8Array(4))],
  ])('%s is malformed', (_, bytes) => {
    expect(() => read(movie({}), bytes)).toThrow(MalformedBox);
  });
});

describe('a movie', () => {
  test.each([
    ['timescale 0', { mdhd: fullBox('mdhd', 0, 0, u32(0, 0, 0, 0)) }],
    ['a media header that is cut short', { mdhd: box('mdhd') }],
    ['no sample entry', { stsd: fullBox('stsd', 0, 0, u32(0)) }],
    ['a sample entry longer than its table', { stsd: fullBox('stsd', 0, 0, u32(1, 100, 0)) }],
    ['defaults that are cut short', { mvex: box('mvex', box('trex', u32(0))) }],
  ])('with %s is malformed', (_, change) => {
    expect(() => read(movie(change))).toThrow(MalformedBox);
  });

  test('that is not fragmented is malformed, and says so', () => {
    expect(() => read(movie({ mvex: box('free') }))).toThrow('not fragmented');
  });
});
