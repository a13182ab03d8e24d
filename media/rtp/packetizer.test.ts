import { describe, expect, test } from 'bun:test';
import { FRAGMENTED, ffmpeg, H264, sampleEntries, testSignal } from '../../tests/clip.ts';
import { writeVisual } from '../codecs/entry-writer.ts';
import { Demuxer } from '../isobmff/demuxer.ts';
import type { MovieTrack } from '../isobmff/movie.ts';
import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { presentationTime, type Sample } from '../sample.ts';
import type { Format, Media } from '../sdp/media.ts';
import { readFormat } from './format.ts';
import { nalUnits } from './h264.ts';
import { MalformedPayload } from './packet.ts';
import { readPacket } from './packet-reader.ts';
import { PAYLOAD_MAX_BYTES, packetizerOf } from './packetizer.ts';
import { Receiver } from './receiver.ts';
import { Sender } from './sender.ts';

const OPTIONS = { payloadType: 96, maxBytes: PAYLOAD_MAX_BYTES };
const YUV = ['-pix_fmt', 'yuv420p', '-g', '25'];

type Case = {
  readonly encoding: readonly string[];
  readonly kind: 'video' | 'audio';
  readonly format: string;
  /** What its parameters are like, as text. */
  readonly parameters: RegExp;
};

const video = (format: string, parameters: RegExp, ...encoding: readonly string[]): Case => ({
  ...{ kind: 'video', format, parameters, encoding: ['-an', ...encoding, ...YUV] },
});
const audio = (format: string, parameters: RegExp, ...encoding: readonly string[]): Case => ({
  ...{ kind: 'audio', format, parameters, encoding: ['-vn', ...encoding] },
});

const CASES: Readonly<Record<string, Case>> = {
  'H.264 with B-frames': video(
    'H264/90000/1',
    /^packetization-mode=1;profile-level-id=[\da-f]{6};sprop-parameter-sets=[\w+/=]+,[\w+/=]+$/,
    ...H264,
  ),
  HEVC: video(
    'H265/90000/1',
    /^sprop-vps=[\w+/=]+;sprop-sps=[\w+/=]+;sprop-pps=[\w+/=]+$/,
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'],
    ...['-tag:v', 'hvc1'],
  ),
  VP9: video(
    'VP9/90000/1',
    /^profile-id=0$/,
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
  ),
  'VP9 with hidden frames': video(
    ...(['VP9/90000/1', /^profile-id=0$/, '-c:v', 'libvpx-vp9', '-cpu-used', '5'] as const),
    ...['-auto-alt-ref', '1', '-lag-in-frames', '16'],
  ),
  AV1: video('AV1/90000/1', /^profile=0;level-idx=0;tier=0$/, '-c:v', 'libsvtav1', '-preset', '12'),
  AAC: audio(
    'mpeg4-generic/48000/2',
    /;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190[\da-f]*$/,
    ...['-c:a', 'aac', '-b:a', '64k', '-ac', '2'],
  ),
  'AAC of large frames': audio(
    'mpeg4-generic/48000/6',
    /config=11b0/,
    '-c:a',
    'aac',
    '-b:a',
    '1000k',
    '-ac',
    '6',
  ),
  MP3: audio('MPA/90000/1', /^$/, '-c:a', 'libmp3lame', '-b:a', '128k', '-ac', '2'),
  Opus: audio('opus/48000/2', /^sprop-stereo=1$/, '-c:a', 'libopus', '-b:a', '64k', '-ac', '2'),
  'Opus of one channel': audio(
    'opus/48000/2',
    /^sprop-stereo=0$/,
    '-c:a',
    'libopus',
    '-b:a',
    '64k',
    '-ac',
    '1',
  ),
};

/** Of a media description, what is not asked for here. */
const MEDIA: Omit<Media, 'kind' | 'formats'> = {
  ...{ port: 0, protocol: 'RTP/AVP', control: null, direction: 'recvonly' },
  ...{ connection: null, kilobitsPerSecond: null },
};
const NOTHING: Sample = { dts: 0, compositionOffset: 0, duration: 0, sync: true, data: new Uint8Array() };

/** A second of it. */
async function clipOf({ encoding }: Case): Promise<{ track: MovieTrack; samples: readonly Sample[] }> {
  const output = FRAGMENTED.map((arg) => arg.replace('empty_moov', 'delay_moov'));
  const events = new Demuxer().push(await ffmpeg(...testSignal(1, '320x240'), ...encoding, ...output));
  const [track] = events.flatMap((event) => (event.kind === 'movie' ? event.tracks : []));
  if (track === undefined) throw new Error('ffmpeg made no track');
  const runs = events.flatMap((event) => (event.kind === 'samples' ? event.runs : []));
  return { track, samples: runs.flatMap((run) => run.samples) };
}

function packetizer({ track }: { readonly track: MovieTrack }) {
  const made = packetizerOf(track, OPTIONS);
  if (made === null) throw new Error('no payload format');
  return made;
}

const encodingOf = ({ encoding }: Format) =>
  encoding === null ? '' : `${encoding.name}/${encoding.clockRate}/${encoding.channels}`;

describe.each(Object.entries(CASES))('%s', (_, wanted) => {
  const clip = clipOf(wanted);

  test('is described', async () => {
    const { kind, clockRate, format } = packetizer(await clip);
    expect([kind, encodingOf(format)]).toEqual([wanted.kind, wanted.format]);
    expect(clockRate).toBe(format.encoding?.clockRate ?? 0);
    expect([...format.parameters].map((pair) => pair.join('=')).join(';')).toMatch(wanted.parameters);
  });

  test('comes out of its packets as it went in', async () => {
    const { track, samples } = await clip;
    const made = packetizer({ track });
    const read = readFormat({ ...MEDIA, kind: made.kind, formats: [made.format] });
    if (read.kind === 'refused') throw new Error(read.reason);
    const sender = new Sender({ packetizer: made, ssrc: 1, sequence: 65_500, timestamp: 2 ** 32 - 1_000 });
    const receiver = new Receiver(read.format);
    const received = samples.flatMap((sample) => {
      const packets = sender.packets(sample, presentationTime(sample) / track.timescale);
      for (const packet of packets) expect(packet.byteLength).toBeLessThanOrEqual(PAYLOAD_MAX_BYTES + 12);
      return packets.flatMap((packet) => [...receiver.packet(packet, 0).samples]);
    });
    // Sound is known to be whole when the next timestamp comes, where no marker says so.
    const whole = made.marksEnd ? samples : samples.slice(0, -1);
    expect(received.map(({ sample }) => sample.sync)).toEqual(whole.map(({ sync }) => sync));
    for (const [index, { sample }] of received.entries())
      expect(sample.data).toEqual(whole[index]?.data ?? sample.data);
    const times = received.map(({ shown }) => shown / receiver.track.timescale);
    for (const [index, seconds] of times.entries()) {
      const sent = presentationTime(whole[index] ?? samples[0] ?? NOTHING) / track.timescale;
      const first = presentationTime(samples[0] ?? NOTHING) / track.timescale;
      expect(seconds - (times[0] ?? 0)).toBeCloseTo(sent - first, 3);
    }
  });

  test('may be cut short anywhere: it is refused or sent', async () => {
    const { track, samples } = await clip;
    const [sample = NOTHING] = samples;
    for (let end = 0; end < Math.min(sample.data.byteLength, 200); end++) {
      try {
        packetizer({ track }).payloads({ ...sample, data: sample.data.subarray(0, end) });
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedPayload);
      }
    }
  });
});

describe('there is no packetizer', () => {
  test.each([
    ['FLAC', ['-vn', '-c:a', 'flac', '-strict', '-2']],
    ['Opus of six channels', ['-vn', '-c:a', 'libopus', '-ac', '6']],
  ])('for %s', async (_, encoding) => {
    const [sampleEntry = new Uint8Array()] = await sampleEntries(encoding, { moov: 'delay_moov' });
    expect(packetizerOf({ sampleEntry, timescale: 48_000 }, OPTIONS)).toBeNull();
  });

  test('for a sample entry that is broken', async () => {
    const [sampleEntry = new Uint8Array()] = await sampleEntries(['-an', ...H264]);
    const broken = sampleEntry.slice(0, -8);
    expect(packetizerOf({ sampleEntry: broken, timescale: 1 }, OPTIONS)).toBeNull();
  });
});

test('an empty sample has no payloads', async () => {
  const [sampleEntry = new Uint8Array()] = await sampleEntries(['-an', ...H264]);
  expect(packetizerOf({ sampleEntry, timescale: 1 }, OPTIONS)?.payloads(NOTHING)).toEqual([]);
});

/** NAL unit types in payloads of H.264: of what is in aggregates, and of what is in fragments at their start. */
const unitTypes = (payloads: readonly Uint8Array[]) =>
  nalUnits([...payloads]).map(([head = 0]) => head & 0x1f);

test('parameter sets come before each key frame, once', async () => {
  const plain = await clipOf(video('', /./, ...H264));
  const [key = NOTHING, predicted = NOTHING] = plain.samples;
  expect(unitTypes(packetizer(plain).payloads(key))).toEqual([7, 8, 6, 5]);
  expect(unitTypes(packetizer(plain).payloads({ ...key, sync: false }))).toEqual([6, 5]);
  expect(unitTypes(packetizer(plain).payloads(predicted))).toEqual([1]);
  const sets = unitTypes(packetizer(plain).payloads(key)).slice(0, 2);
  const own = join([u32(1), Uint8Array.of(0x67), u32(1), Uint8Array.of(0x68), key.data]);
  expect(unitTypes(packetizer(plain).payloads({ ...key, data: own })).slice(0, 3)).toEqual([...sets, 6]);
});

test('delimiters, filler and what RTP means otherwise are left out', async () => {
  const clip = await clipOf(video('', /./, ...H264));
  const data = join([
    u32(2),
    Uint8Array.of(9, 0xf0),
    u32(2),
    Uint8Array.of(0x41, 1),
    u32(2),
    Uint8Array.of(12, 0xff),
    u32(3),
    Uint8Array.of(0, 0x18, 0x1c),
    u32(1),
    Uint8Array.of(0x78),
  ]);
  expect(packetizer(clip).payloads({ ...NOTHING, sync: false, data })).toEqual([Uint8Array.of(0x41, 1)]);
});

test('parameter sets that are in the samples alone are not described', () => {
  const avcC = Uint8Array.of(1, 0x64, 0, 0x0a, 0xff, 0xe0, 0);
  const sampleEntry = writeVisual({ type: 'avc1', width: 64, height: 48, configuration: avcC });
  const made = packetizerOf({ sampleEntry, timescale: 1 }, OPTIONS);
  expect([...(made?.format.parameters.keys() ?? [])]).toEqual(['packetization-mode', 'profile-level-id']);
});

test('packets that are read have the payload type of the description', async () => {
  const clip = await clipOf(video('', /./, ...H264));
  const sender = new Sender({ packetizer: packetizer(clip), ssrc: 1, sequence: 0, timestamp: 0 });
  const [packet = new Uint8Array()] = sender.packets(clip.samples[0] ?? NOTHING, 0);
  expect(readPacket(packet)?.payloadType).toBe(OPTIONS.payloadType);
});
