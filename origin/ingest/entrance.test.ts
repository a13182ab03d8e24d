import { describe, expect, test } from 'bun:test';
import { PACKET_BYTES } from '../../media/mpegts/packet.ts';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { type Contents, Unusable } from './contents.ts';
import { Entrance } from './entrance.ts';

const VIDEO_PID = 0x100;
const AUDIO_PID = 0x101;

const clip = (...encoding: readonly string[]) =>
  ffmpeg(...testSignal(3), ...encoding, '-f', 'mpegts', 'pipe:1');

const packetsOf = (bytes: Uint8Array) =>
  Array.from({ length: bytes.byteLength / PACKET_BYTES }, (_, index) =>
    bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES),
  );

const pidOf = (packet: Uint8Array) => (((packet[1] ?? 0) & 0x1f) << 8) | (packet[2] ?? 0);
const isKey = (packet: Uint8Array) =>
  pidOf(packet) === VIDEO_PID && ((packet[3] ?? 0) & 0x20) !== 0 && ((packet[5] ?? 0) & 0x40) !== 0;

/** Packets come a millisecond apart. */
function enter(pieces: readonly Uint8Array[]) {
  const entrance = new Entrance(0);
  for (const [nowMs, piece] of pieces.entries()) {
    const entered = entrance.push(piece, nowMs);
    if (entered !== null) return { ...entered, nowMs };
  }
  return null;
}

const HEVC = ['-c:v', 'libx265', '-x265-params', 'log-level=error:keyint=25', '-preset', 'ultrafast'];

describe('what a transport stream holds', () => {
  test.each<[string, readonly string[], Contents]>([
    ['H.264 and AAC', [...H264, ...AAC], { video: 'packaged', audio: 'aac' }],
    ['HEVC and AAC', [...HEVC, ...AAC], { video: 'hevc', audio: 'aac' }],
    ['H.264 and MP3', [...H264, '-c:a', 'libmp3lame'], { video: 'packaged', audio: 'packaged' }],
    ['H.264 and MP2', [...H264, '-c:a', 'mp2'], { video: 'packaged', audio: 'other' }],
    ['H.264 and Opus', [...H264, '-c:a', 'libopus'], { video: 'packaged', audio: 'packaged' }],
    ['H.264 and AC-3', [...H264, '-c:a', 'ac3'], { video: 'packaged', audio: 'other' }],
    ['MPEG-2', ['-c:v', 'mpeg2video', '-an'], { video: 'other', audio: null }],
    ['AAC alone', ['-vn', ...AAC], { video: null, audio: 'aac' }],
  ])('%s', async (_, encoding, contents) => {
    expect(enter(packetsOf(await clip(...encoding)))?.contents).toEqual(contents);
  });

  test('is the same byte by byte', async () => {
    const bytes = await clip(...H264, ...AAC);
    const [whole] = [enter(packetsOf(bytes))];
    const entrance = new Entrance(0);
    const entered = [...bytes]
      .map((byte) => entrance.push(Uint8Array.of(byte), 0))
      .find((one) => one !== null);
    expect(entered?.contents).toEqual(whole?.contents ?? { video: null, audio: null });
  });

  test('is without the sound that does not come', async () => {
    const silent = packetsOf(await clip(...H264, ...AAC)).filter((packet) => pidOf(packet) !== AUDIO_PID);
    const entrance = new Entrance(0);
    expect(entrance.push(Buffer.concat(silent), 100)).toBeNull();
    expect(entrance.push(silent[0] ?? new Uint8Array(), 2_000)).toBeNull();
    expect(entrance.push(silent[0] ?? new Uint8Array(), 2_101)?.contents).toEqual({
      video: 'packaged',
      audio: null,
    });
  });
});

describe('a stream that is entered in its middle', () => {
  test('starts with its tables and a key frame, and misses nothing from there', async () => {
    const packets = packetsOf(await clip(...H264, ...AAC));
    const middle = packets.slice(packets.findIndex(isKey) + 1);
    const second = middle.findIndex(isKey);
    const entered = enter(middle);
    const start = packetsOf(entered?.start ?? new Uint8Array());
    expect(
      start
        .slice(0, 2)
        .map(pidOf)
        .toSorted((a, b) => a - b),
    ).toEqual([0, 0x1000]);
    expect(isKey(start[2] ?? new Uint8Array())).toBeTrue();
    const came = middle
      .slice(second, (entered?.nowMs ?? 0) + 1)
      .filter((packet) => pidOf(packet) >= VIDEO_PID);
    expect(start.filter((packet) => pidOf(packet) >= VIDEO_PID && pidOf(packet) < 0x1000)).toEqual(
      came.filter((packet) => pidOf(packet) < 0x1000),
    );
  });

  test('does not need the indicator of a key frame', async () => {
    const packets = packetsOf(await clip(...H264, '-an'));
    const unmarked = packets.map((packet) =>
      isKey(packet) ? packet.with(5, (packet[5] ?? 0) & ~0x40) : packet,
    );
    expect(enter(unmarked)?.contents).toEqual({ video: 'packaged', audio: null });
  });

  test('keeps the start of a packet that came in two pieces', async () => {
    const packets = packetsOf(await clip('-vn', ...AAC));
    const bytes = Buffer.concat(packets);
    const entered = new Entrance(0).push(bytes.subarray(0, bytes.byteLength - 100), 0);
    expect(entered?.start.at(-1)).toBe(bytes.at(-101));
  });
});

describe('what can not be entered', () => {
  test.each([
    ['is no transport stream', async () => new Uint8Array(1_316).fill(1), /not an MPEG transport stream/],
    [
      'has no tables',
      async () => Buffer.concat(packetsOf(await clip(...H264)).filter((one) => pidOf(one) === VIDEO_PID)),
      /no program map/,
    ],
    [
      'has no key frame',
      async () => Buffer.concat(packetsOf(await clip(...H264)).filter((one) => pidOf(one) !== VIDEO_PID)),
      /no key frame/,
    ],
  ])('%s: Unusable, after a while', async (_, make, words) => {
    const bytes = await make();
    const entrance = new Entrance(0);
    expect(entrance.push(bytes, 15_000)).toBeNull();
    expect(() => entrance.push(bytes, 15_001)).toThrow(Unusable);
    expect(() => entrance.push(bytes, 15_001)).toThrow(words);
  });
});
