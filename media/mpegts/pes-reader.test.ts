import { describe, expect, test } from 'bun:test';
import type { PacketHead } from './packet-reader.ts';
import { AUDIO_STREAM, VIDEO_STREAM, writePes } from './pes.ts';
import { PesReader } from './pes-reader.ts';

const BODY = Uint8Array.from({ length: 400 }, (_, index) => index & 0xff);
const UNIT = { pts: 2 ** 33 - 1, dts: 2 ** 32 + 1, data: BODY };

const written = writePes({ streamId: AUDIO_STREAM, pts: UNIT.pts, dts: UNIT.dts, parts: [BODY] });
const unbounded = written.with(3, VIDEO_STREAM).with(4, 0).with(5, 0);

/** The packets of a PES packet, from a counter on. */
const packetsOf = (pes: Uint8Array, counter = 0): readonly PacketHead[] =>
  Array.from({ length: Math.ceil(pes.byteLength / 184) }, (_, index) => {
    const payload = pes.subarray(index * 184, (index + 1) * 184);
    return {
      ...{ pid: 1, starts: index === 0, randomAccess: false, payload },
      ...{ counter: (counter + index) & 0x0f, isFilled: payload.byteLength < 184 },
    };
  });

const read = (packets: readonly PacketHead[]) => {
  const reader = new PesReader();
  return { units: packets.flatMap((packet) => reader.push(packet)), left: reader.flush() };
};

describe('a PES packet', () => {
  test('that says its length is whole with its last byte', () => {
    expect(read(packetsOf(written))).toEqual({ units: [UNIT], left: [] });
  });

  test('that does not is whole when the next one starts, or its last packet is filled up', () => {
    expect(read([...packetsOf(unbounded), ...packetsOf(unbounded, 3)])).toEqual({
      units: [UNIT],
      left: [UNIT],
    });
  });

  test.each([
    ['has a hole', [0, 2]],
    ['has no start', [1, 2]],
    ['has no end', [0, 1]],
  ])('that %s is left out', (_, kept) => {
    const packets = packetsOf(unbounded);
    const some = kept.flatMap((index) => packets[index] ?? []);
    expect(read([...some, ...packetsOf(written, 3)]).units).toEqual([UNIT]);
  });

  test('behind one whose last packet has the same number is another', () => {
    const packets = [...packetsOf(unbounded), ...packetsOf(written, 2)];
    expect(read(packets).units).toEqual([UNIT, UNIT]);
  });

  test('of which a packet comes twice is the same', () => {
    expect(read(packetsOf(written).flatMap((packet) => [packet, packet])).units).toEqual([UNIT]);
  });

  test.each([
    ['no time', written.with(7, 0)],
    ['a header too short for its times', written.with(8, 5)],
    ['no start code', written.with(2, 2)],
    [
      'a header longer than itself',
      writePes({ streamId: AUDIO_STREAM, pts: 1, dts: 0, parts: [] }).with(8, 0xff),
    ],
  ])('with %s is none', (_, pes) => {
    expect(read(packetsOf(pes)).units).toEqual([]);
  });
});
