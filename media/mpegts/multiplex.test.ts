import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { discontinuities, readPackets, readPes } from '../../tests/transport-stream.ts';
import { multiplex } from './multiplex.ts';
import { AUDIO_STREAM, writePes } from './pes.ts';
import { MEDIA_PID, STREAM_TYPES } from './section.ts';

const unit = (bytes: number, index: number) => {
  const dts = 900_000 + index * 7_200;
  const parts = [new Uint8Array(bytes).fill(bytes & 0xff)];
  const pes = writePes({ streamId: AUDIO_STREAM, pts: dts, dts, parts });
  return { pes, dts, duration: 7_200, randomAccess: true };
};

test('units of any sizes come out whole, and counters always go on', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 2, max: 700 }), { minLength: 1, maxLength: 20 }),
      fc.nat(40),
      (sizes, number) => {
        const segment = (n: number) =>
          multiplex({ streamType: STREAM_TYPES.adts, units: sizes.map(unit), number: n });
        const packets = [...readPackets(segment(number)), ...readPackets(segment(number + 1))];
        expect(discontinuities(packets)).toEqual([]);
        const found = readPes(packets, MEDIA_PID).map(({ data }) => data.length);
        expect(found).toEqual([...sizes, ...sizes]);
      },
    ),
    { numRuns: 300 },
  );
});

test('a segment of nothing is its tables', () => {
  const packets = readPackets(multiplex({ streamType: STREAM_TYPES.avc, units: [], number: 7 }));
  expect(packets.map(({ pid, counter }) => [pid, counter])).toEqual([
    [0, 7],
    [0x1000, 7],
  ]);
});
