import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { FUZZ_RUNS, mutate, mutations } from '../../tests/broken-bytes.ts';
import { H264 } from '../../tests/clip.ts';
import { AUDIO, aacPackets, type Clip, encodedClip, nalPackets, VIDEO } from '../../tests/rtp-sender.ts';
import { describe as describeEntry } from '../codecs/sample-entry.ts';
import { u32 } from '../isobmff/writer.ts';
import { presentationTime, type Sample } from '../sample.ts';
import { HIGH_BIT_RATE } from './aac.ts';
import type { Format } from './format.ts';
import { Receiver } from './receiver.ts';
import type { Received } from './track.ts';

const IN_BAND = ['-bsf:v', 'dump_extra=freq=keyframe', '-video_track_timescale', '90000'];
const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const video = (codec: 'h264' | 'hevc'): Format => ({
  ...{ kind: 'video', payloadType: 96, clockRate: 90_000 },
  payload: { codec, parameterSets: [] },
});
const audio: Format = {
  ...{ kind: 'audio', payloadType: 97, clockRate: 48_000 },
  payload: { codec: 'aac', config: Uint8Array.of(0x11, 0x90), sizes: HIGH_BIT_RATE },
};

const push = (receiver: Receiver, packets: readonly Uint8Array[]): Received[] =>
  packets.flatMap((packet, index) => [...receiver.packet(packet, index).samples]);

/** Times from the first one, when shown. */
const shown = (samples: readonly Sample[]) =>
  samples.map((sample) => presentationTime(sample) - presentationTime(samples[0] ?? sample));

let clips: Readonly<Record<'plain' | 'reordered' | 'pyramid' | 'hevc', Clip>>;

beforeAll(async () => {
  const encode = (...encoding: readonly string[]) => encodedClip(...encoding, ...IN_BAND);
  clips = {
    plain: await encode(...H264, '-bf', '0'),
    reordered: await encode(...H264, '-x264-params', 'b-pyramid=none'),
    pyramid: await encode(...H264, '-bf', '3', '-x264-params', 'b-pyramid=normal:b-adapt=0'),
    hevc: await encode(...HEVC, '-x265-params', 'log-level=none:keyint=25'),
  };
});

describe('pictures', () => {
  test.each([
    ['of H.264', 'plain', 'h264'],
    ['of H.264 with B-frames', 'reordered', 'h264'],
    ['of H.264 with B-frames that others need', 'pyramid', 'h264'],
    ['of HEVC', 'hevc', 'hevc'],
  ] as const)('%s are what was sent, and decoded before they are shown', (_, name, codec) => {
    const sent = clips[name].video;
    const received = push(new Receiver(video(codec)), nalPackets(sent, VIDEO).flat());
    const samples = received.map(({ sample }) => sample);
    expect(shown(samples)).toEqual(shown(sent));
    expect(samples.map(({ sync }) => sync)).toEqual(sent.map(({ sync }) => sync));
    expect(samples.every(({ compositionOffset }) => compositionOffset >= 0)).toBe(true);
    for (const [index, { dts }] of samples.entries())
      if (index > 0) expect(dts).toBeGreaterThan(samples[index - 1]?.dts ?? Number.NaN);
    // Once as many pictures have come as are reordered, they are decoded when the encoder said.
    const delays = samples.slice(8).map(({ dts }, index) => dts - (sent[index + 8]?.dts ?? 0));
    expect(new Set(delays).size).toBe(1);
  });

  test('are described by the parameter sets among them', () => {
    const [first] = push(new Receiver(video('h264')), nalPackets(clips.plain.video, VIDEO).flat());
    expect(describeEntry(first?.entry ?? new Uint8Array())).toEqual({
      ...{ kind: 'video', codec: 'avc1.64000a', width: 64, height: 48 },
    });
    const [hevc] = push(new Receiver(video('hevc')), nalPackets(clips.hevc.video, VIDEO).flat());
    expect(describeEntry(hevc?.entry ?? new Uint8Array())).toMatchObject({ width: 64, height: 48 });
  });

  test('behind a lost one wait for the next key frame', () => {
    const packets = nalPackets(clips.plain.video, VIDEO);
    const lost = packets.flatMap((picture, index) => (index === 30 ? picture.slice(0, -1) : picture));
    const receiver = new Receiver(video('h264'));
    const received = lost.flatMap((packet, index) => [...receiver.packet(packet, index * 10).samples]);
    expect(received.length).toBe(30 + 25);
    expect(received[30]?.sample.sync).toBe(true);
  });

  test('that lead the key frame with which decoding starts are left out', () => {
    const all = push(new Receiver(video('hevc')), nalPackets(clips.hevc.video, VIDEO).flat());
    const fromSecond = clips.hevc.video.slice(
      clips.hevc.video.findIndex(({ sync }, index) => sync && index > 0),
    );
    const received = push(new Receiver(video('hevc')), nalPackets(fromSecond, VIDEO).flat());
    expect(received.length).toBeLessThanOrEqual(fromSecond.length);
    const [first, ...others] = received.map(({ sample }) => sample);
    expect(first?.sync).toBe(true);
    expect(others.every((sample) => first && presentationTime(sample) > presentationTime(first))).toBe(true);
    expect(all.length).toBe(clips.hevc.video.length);
  });

  test('that come in another order, or twice, are the same', () => {
    const packets = nalPackets(clips.reordered.video, VIDEO).flat();
    const swapped = packets.map((packet, index) => (index < 2 ? packet : (packets[index ^ 1] ?? packet)));
    const twice = swapped.flatMap((packet) => [packet, packet]);
    expect(push(new Receiver(video('h264')), twice).length).toBe(clips.reordered.video.length);
  });
});

describe('sound', () => {
  test('follows on in its own rate', () => {
    const received = push(new Receiver(audio), aacPackets(clips.plain.audio, AUDIO).flat());
    expect(received.length).toBe(clips.plain.audio.length);
    for (const [index, { sample }] of received.entries())
      if (index > 0) expect(sample.dts - (received[index - 1]?.sample.dts ?? 0)).toBe(1024);
  });

  test('goes on over timestamps that shake, and has a gap where some was left out', () => {
    const [first, second, , fourth] = clips.plain.audio;
    if (!first || !second || !fourth) throw new Error('there is too little sound');
    const shaken = [first, { ...second, dts: second.dts + 300 }, { ...fourth, dts: second.dts + 2048 }];
    const received = push(new Receiver(audio), aacPackets(shaken, AUDIO).flat());
    const times = received.map(({ sample }) => sample.dts - (received[0]?.sample.dts ?? 0));
    expect(times).toEqual([0, 1024, 3072]);
  });
});

describe('a stream', () => {
  test('of another source begins anew', () => {
    const receiver = new Receiver(audio);
    const [one = [], two = []] = aacPackets(clips.plain.audio, AUDIO);
    push(receiver, one);
    const other = aacPackets(clips.plain.audio.slice(1), { ...AUDIO, ssrc: 99, timestamp: 77_777 });
    expect(receiver.packet(other[0]?.[0] ?? new Uint8Array(), 0).kind).toBe('restart');
    expect(receiver.packet(two[0] ?? new Uint8Array(), 0).kind).toBe('restart');
  });

  test('of another payload type is none', () => {
    const packets = aacPackets(clips.plain.audio, { ...AUDIO, payloadType: 98 }).flat();
    const receiver = new Receiver(audio);
    expect(push(receiver, packets)).toEqual([]);
    expect(receiver.report(1, 'us', 0)).toBeNull();
  });

  test('is reported on, with the time of its sender', () => {
    const receiver = new Receiver(audio);
    const report = u32(0x80c80006, AUDIO.ssrc, 1, 0, 1_234, 0, 0);
    receiver.control(report, 0);
    expect(receiver.senderTime).toMatchObject({ senderMs: 1_000, timestamp: 1_234 });
    push(receiver, aacPackets(clips.plain.audio, AUDIO).flat());
    expect(receiver.senderTime).toMatchObject({ timestamp: 1_234 });
    expect(receiver.report(1, 'us', 0)?.byteLength).toBe(48);
    receiver.control(u32(0x80c80006, 99, 2, 0, 1, 0, 0), 0);
    expect(receiver.senderTime).toBeNull();
  });

  test('of broken packets is what can be read of them', () => {
    for (const [format, packets] of [
      [video('h264'), nalPackets(clips.reordered.video.slice(0, 6), VIDEO).flat()],
      [video('hevc'), nalPackets(clips.hevc.video.slice(0, 6), VIDEO).flat()],
      [audio, aacPackets(clips.plain.audio.slice(0, 6), AUDIO).flat()],
    ] as const) {
      const place = fc.nat(packets.length - 1);
      const broken = place.chain((at) => fc.tuple(fc.constant(at), mutations(packets[at]?.byteLength ?? 1)));
      fc.assert(
        fc.property(broken, ([at, mutation]) => {
          const sent = packets.map((packet, index) => (index === at ? mutate(packet, mutation) : packet));
          push(new Receiver(format), sent);
        }),
        { numRuns: FUZZ_RUNS },
      );
    }
  });
});
