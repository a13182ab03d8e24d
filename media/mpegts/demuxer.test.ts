import { beforeAll, describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { MalformedBox } from '../isobmff/box.ts';
import { presentationTime } from '../sample.ts';
import { type Codings, Demuxer, type Taken } from './demuxer.ts';
import { PACKET_BYTES, writePacket } from './packet.ts';
import { VIDEO_STREAM, writePes } from './pes.ts';

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=error:keyint=25'];
const MP3 = ['-c:a', 'libmp3lame', '-ar', '48000'];
const TS = ['-f', 'mpegts', 'pipe:1'];

/** Where ffmpeg puts pictures, and sound behind them. */
const PIDS = [0x100, 0x101] as const;
const both = (codec: 'h264' | 'hevc', audio: 'aac' | 'mp3'): Codings => ({
  video: { pid: PIDS[0], codec },
  audio: { pid: PIDS[1], codec: audio },
});

const clip = (size: string, ...more: readonly string[]) => ffmpeg(...testSignal(2, size), ...more, ...TS);

let plain: Uint8Array;

beforeAll(async () => {
  plain = await clip('64x48', ...H264, ...AAC);
});

function demux(pieces: readonly Uint8Array[], codings = both('h264', 'aac')): readonly Taken[] {
  const demuxer = new Demuxer(codings);
  return [...pieces.flatMap((piece) => demuxer.push(piece)), ...demuxer.flush()];
}

const samplesOf = (taken: readonly Taken[], trackId: number) =>
  taken
    .flatMap((one) => (one.kind === 'samples' ? one.runs : []))
    .flatMap((run) => (run.trackId === trackId ? run.samples : []));

const kindsOf = (taken: readonly Taken[]) =>
  taken.flatMap((one) => (one.kind === 'samples' ? [] : one.kind === 'break' ? [one.reason] : [one.kind]));

describe('a transport stream', () => {
  test.each([
    ['H.264 and AAC', both('h264', 'aac'), [...H264, ...AAC], 50, 95],
    ['HEVC and AAC', both('hevc', 'aac'), [...HEVC, ...AAC], 50, 95],
    ['H.264 and MP3', both('h264', 'mp3'), [...H264, ...MP3], 50, 84],
    ['pictures alone', { video: { pid: PIDS[0], codec: 'h264' }, audio: null }, [...H264, '-an'], 50, 0],
    ['sound alone', { video: null, audio: { pid: PIDS[0], codec: 'aac' } }, [...AAC, '-vn'], 0, 95],
  ] as const)(
    'of %s has all its samples, one behind the other',
    async (_, codings, encoding, pictures, frames) => {
      const taken = demux([await clip('64x48', ...encoding)], codings);
      expect(kindsOf(taken)).toEqual(['movie']);
      const [seen, heard] = [samplesOf(taken, 1), samplesOf(taken, 2)];
      expect(seen).toHaveLength(pictures);
      expect(Math.abs(heard.length - frames)).toBeLessThanOrEqual(1);
      const shown = seen.map(presentationTime).sort((a, b) => a - b);
      expect(shown.slice(1).every((time, index) => time - (shown[index] ?? 0) === 3_600)).toBeTrue();
      const ends = heard.slice(1).map(({ dts }, index) => dts - (heard[index]?.dts ?? 0));
      expect(ends.every((step) => step === heard[0]?.duration)).toBeTrue();
      expect(seen.every(({ dts }, index) => index === 0 || dts > (seen[index - 1]?.dts ?? 0))).toBeTrue();
    },
  );

  test('is the same however its bytes come', () => {
    const pieces = Array.from({ length: Math.ceil(plain.byteLength / 7) }, (_, index) =>
      plain.subarray(index * 7, (index + 1) * 7),
    );
    expect(demux(pieces)).toEqual(demux([plain]));
  });

  test('of another size is another movie', async () => {
    const taken = demux([plain, await clip('96x64', ...H264, ...AAC)]);
    expect(kindsOf(taken)).toEqual(['movie', 'its pictures changed', 'movie']);
    expect(samplesOf(taken, 1)).toHaveLength(100);
  });

  test('whose sound is of another kind is another movie from a key frame on', async () => {
    const taken = demux([plain, await clip('64x48', ...H264, '-c:a', 'aac', '-ar', '32000')]);
    expect(kindsOf(taken)).toEqual(['movie', 'its sound changed', 'movie']);
    const after = taken.slice(taken.findIndex(({ kind }) => kind === 'break'));
    expect(samplesOf(after, 1)[0]?.sync).toBeTrue();
  });

  test('whose sound comes late has none until it comes', async () => {
    const silent = await clip('64x48', ...H264, '-an');
    const taken = demux([silent, silent, plain]);
    expect(kindsOf(taken)).toEqual(['movie', 'its sound began', 'movie']);
    expect(samplesOf(taken, 1)).toHaveLength(150);
  });

  test('that is cut off in a picture has those before it', () => {
    const taken = demux([plain.subarray(0, Math.floor(plain.byteLength / 2))]);
    const whole = samplesOf(demux([plain]), 1);
    const seen = samplesOf(taken, 1);
    expect(seen.length).toBeWithin(15, 40);
    expect(seen.map(({ data }) => data)).toEqual(whole.slice(0, seen.length).map(({ data }) => data));
  });

  test('with holes leaves out what they are in', () => {
    const packets = Array.from({ length: plain.byteLength / 188 }, (_, index) =>
      plain.subarray(index * 188, (index + 1) * 188),
    );
    const whole = new Set(samplesOf(demux([plain]), 1).map(({ data }) => Buffer.from(data).toString('hex')));
    const seen = samplesOf(demux(packets.filter((_, index) => index % 40 !== 30)), 1);
    expect(seen.length).toBeWithin(15, 50);
    for (const { data } of seen) expect(whole.has(Buffer.from(data).toString('hex'))).toBeTrue();
  });

  test.each([
    ['for 10 s', 3_600, 260],
    ['for 4,096 pictures', 0, 4_100],
  ])('whose pictures nothing describes is malformed after waiting %s', (_, step, pictures) => {
    const slice = Uint8Array.of(0, 0, 1, 0x65, 0x88);
    const packets = Array.from({ length: pictures }, (_, index) => {
      const pes = writePes({ streamId: VIDEO_STREAM, pts: index * step, dts: index * step, parts: [slice] });
      const packet = new Uint8Array(PACKET_BYTES);
      writePacket(packet, 0, {
        ...{ pid: PIDS[0], counter: index & 0x0f, starts: true, clock: null, randomAccess: true },
        payload: pes,
      });
      return packet;
    });
    const read = (count: number) => {
      const demuxer = new Demuxer({ ...both('h264', 'aac'), audio: null });
      return packets.slice(0, count).flatMap((packet) => demuxer.push(packet));
    };
    expect(read(pictures - 100)).toEqual([]);
    expect(() => read(pictures)).toThrow(MalformedBox);
  });

  test('that is broken is malformed or read as far as it goes', () => {
    brokenBytes(plain.subarray(0, 188 * 60), (bytes) => demux([bytes]));
  });
});
