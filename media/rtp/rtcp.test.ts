import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { printReport, readControl } from './rtcp.ts';

const REPORT = join([u32(0x80c80006, 7), u32(3_900_000_000, 0x8000_0000, 1_234, 5, 6)]);
const BYE = u32(0x81cb0001, 7);

describe('RTCP', () => {
  test('of a sender that says the time and leaves', () => {
    expect(readControl(join([REPORT, BYE]))).toEqual([
      {
        kind: 'report',
        ssrc: 7,
        senderMs: 3_900_000_000_500,
        timestamp: 1_234,
        shortTime: 0x4700_8000,
      },
      { kind: 'bye', ssrc: 7 },
    ]);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['a report cut short', REPORT.subarray(0, 20)],
    ['a report that is too short', join([u32(0x80c80001, 7)])],
    ['another version', u32(0x40c80001, 7)],
    ['a leave of nobody', u32(0x80cb0001, 7)],
  ])('of %s says nothing', (_, packet) => {
    expect(readControl(packet)).toEqual([]);
  });

  test('of a receiver is a report and a name, in whole words', () => {
    const block = {
      ssrc: 7,
      fractionLost: 64,
      lost: -1,
      highestSequence: 0x1_0002,
      jitter: 90,
      shortTime: 1,
      delay: 65_536,
    };
    const packet = printReport(9, 'headwater', block);
    const words = new DataView(packet.buffer);
    expect(packet.byteLength % 4).toBe(0);
    expect(Array.from({ length: 8 }, (_, word) => words.getUint32(word * 4))).toEqual([
      ...[0x81c90007, 9, 7, 0x40ffffff, 0x1_0002, 90, 1, 65_536],
    ]);
    expect(words.getUint16(34)).toBe(packet.byteLength / 4 - 9);
    expect(new TextDecoder().decode(packet.subarray(42, 51))).toBe('headwater');
  });

  test('of broken bytes is what can be read of it', () => {
    brokenBytes(join([REPORT, BYE]), readControl);
  });
});
