import { beforeAll, describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { AAC, ffmpeg, H264, testSignal } from '../../tests/clip.ts';
import { PACKET_BYTES } from './packet.ts';
import { PacketSplitter, readPacket } from './packet-reader.ts';
import { ProgramReader } from './program-reader.ts';

let clip: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  clip = await ffmpeg(...testSignal(1), ...H264, ...AAC, '-f', 'mpegts', 'pipe:1');
});

function packetsOf(pieces: readonly Uint8Array[]): Uint8Array[] {
  const splitter = new PacketSplitter();
  return pieces.flatMap((piece) => splitter.push(piece)).map((packet) => new Uint8Array(packet));
}

function streamsOf(packets: readonly Uint8Array[]) {
  const program = new ProgramReader();
  for (const packet of packets) {
    const head = readPacket(packet, 0);
    if (head !== null) program.push(head);
  }
  return program.streams;
}

describe('packets', () => {
  test('are the same however the bytes come', () => {
    const whole = packetsOf([clip]);
    expect(whole.length * PACKET_BYTES).toBe(clip.byteLength);
    expect(
      Buffer.concat(packetsOf([...clip.subarray(0, 20_000)].map((byte) => Uint8Array.of(byte)))),
    ).toEqual(Buffer.from(clip.subarray(0, Math.floor(20_000 / PACKET_BYTES) * PACKET_BYTES)));
  });

  test('are found again behind what is none', () => {
    const packets = packetsOf([Uint8Array.of(1, 0x47, 2), clip, new Uint8Array(500), clip]);
    expect(packets.length).toBeGreaterThanOrEqual((clip.byteLength / PACKET_BYTES) * 2 - 2);
  });

  test.each([
    ['payload alone', [0x10], false],
    ['a byte of stuffing', [0x30, 0], true],
    ['flags alone', [0x30, 1, 0x40], false],
    ['flags and stuffing', [0x30, 2, 0x40, 0xff], true],
    ['a clock reference', [0x30, 7, 0x50, 0, 0, 0, 0, 0, 0], false],
    ['a clock reference and stuffing', [0x30, 8, 0x50, 0, 0, 0, 0, 0, 0, 0xff], true],
    ['private data', [0x30, 4, 0x02, 2, 1, 1], false],
    ['private data and stuffing', [0x30, 5, 0x02, 2, 1, 1, 0xff], true],
  ])('with %s are filled up or not', (_, from, isFilled) => {
    const packet = new Uint8Array(PACKET_BYTES);
    packet.set([0x47, 1, 0, ...from]);
    expect(readPacket(packet, 0)?.isFilled).toBe(isFilled);
  });

  test.each([
    ['is cut short', (bytes: Uint8Array) => bytes.subarray(0, 187)],
    ['has no sync byte', (bytes: Uint8Array) => bytes.with(0, 0x46)],
    ['has an error', (bytes: Uint8Array) => bytes.with(1, 0x80)],
    ['is all adaptation and more', (bytes: Uint8Array) => bytes.with(3, 0x30).with(4, 190)],
  ])('one that %s is none', (_, change) => {
    expect(readPacket(change(new Uint8Array(clip.subarray(0, PACKET_BYTES))), 0)).toBeNull();
  });
});

describe('a program', () => {
  test('has the streams that its map says', () => {
    expect(streamsOf(packetsOf([clip]))).toMatchObject([
      { pid: 0x100, type: 0x1b },
      { pid: 0x101, type: 0x0f },
    ]);
  });

  test('names the format of a private stream', async () => {
    const opus = await ffmpeg(...testSignal(1), '-vn', '-c:a', 'libopus', '-f', 'mpegts', 'pipe:1');
    expect(streamsOf(packetsOf([opus]))).toMatchObject([{ type: 6, format: 'Opus' }]);
  });

  test('whose map is damaged is not known', () => {
    const packets = packetsOf([clip]).map((packet) =>
      readPacket(packet, 0)?.pid === 0x1000 ? packet.with(20, (packet[20] ?? 0) ^ 1) : packet,
    );
    expect(streamsOf(packets)).toBeNull();
  });

  test('may be of any bytes, and never throws', () => {
    const runs = Number(process.env.HEADWATER_FUZZ_RUNS ?? 300);
    const changes = fc.array(fc.tuple(fc.nat(PACKET_BYTES * 12), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(changes, fc.uint8Array({ maxLength: 400 }), (list, noise) => {
        const bytes = new Uint8Array(clip.subarray(0, PACKET_BYTES * 12));
        for (const [at, value] of list) bytes[at] = value;
        streamsOf(packetsOf([bytes, noise, bytes]));
      }),
      { numRuns: runs },
    );
  });
});
