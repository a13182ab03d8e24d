import { describe, expect, test } from 'bun:test';
import { brokenBytes } from '../../tests/broken-bytes.ts';
import { u32 } from '../isobmff/writer.ts';
import { join } from '../join.ts';
import { type Control, printReport, readControl } from './rtcp.ts';

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

  test('of a receiver is read as it was printed, also in a report of a sender', () => {
    const block = {
      ...{ ssrc: 7, fractionLost: 255, lost: -2, highestSequence: 0xffff_0001 },
      ...{ jitter: 0xffff_ffff, shortTime: 0x8000_0001, delay: 3 },
    };
    const packet = printReport(9, 'headwater', block);
    expect(readControl(packet)).toEqual([{ kind: 'reception', ssrc: 9, blocks: [block] }]);
    const words = packet.subarray(8, 32);
    const both = join([u32(0x81c8000c, 7), REPORT.subarray(8), words]);
    expect(readControl(both)).toMatchObject([
      { kind: 'report' },
      { kind: 'reception', ssrc: 7, blocks: [block] },
    ]);
  });

  test('of a receiver of nothing says that it is there', () => {
    expect(readControl(u32(0x80c90001, 9))).toEqual([{ kind: 'reception', ssrc: 9, blocks: [] }]);
    expect(readControl(u32(0x9fc90001, 9))).toEqual([{ kind: 'reception', ssrc: 9, blocks: [] }]);
  });

  test('of several that leave names each of them, as far as they are there', () => {
    const leaving = [1, 2].map((ssrc) => ({ kind: 'bye', ssrc }) as const);
    expect(readControl(u32(0x82cb0002, 1, 2))).toEqual(leaving);
    expect(readControl(u32(0x9fcb0002, 1, 2))).toEqual(leaving);
  });

  test.each<[string, Uint8Array, readonly Control[]]>([
    ['a picture that was lost', u32(0x81ce0002, 9, 7), [{ kind: 'key-frame', ssrc: 7 }]],
    ['a full picture', u32(0x84ce0004, 9, 0, 7, 0x0100_0000), [{ kind: 'key-frame', ssrc: 7 }]],
    [
      'packets',
      u32(0x81cd0004, 9, 7, 0xffff_0003, 0x0005_8000),
      [{ kind: 'missing', ssrc: 7, sequences: [0xffff, 0, 1, 5, 21] }],
    ],
    ['a full picture of nobody', u32(0x84ce0002, 9, 0), []],
    ['a bandwidth', u32(0x8fce0002, 9, 0), []],
    ['nothing', u32(0x81cd0001, 9), []],
  ])('asks for %s', (_, packet, asked) => {
    expect(readControl(packet)).toEqual([...asked]);
  });

  test('that asks for very many packets is cut short', () => {
    const entries = Array.from({ length: 500 }, () => 0x0001_ffff);
    const [asked] = readControl(u32((0x81cd << 16) | 502, 9, 7, ...entries));
    expect(asked?.kind === 'missing' && asked.sequences.length).toBe(1_000);
  });

  test('of broken bytes is what can be read of it', () => {
    const feedback = u32(0x81cd0003, 9, 7, 0x0001_0003, 0x84ce0004, 9, 0, 7, 0);
    const report = printReport(9, 'headwater', {
      ...{ ssrc: 7, fractionLost: 1, lost: 2, highestSequence: 3, jitter: 4, shortTime: 5, delay: 6 },
    });
    brokenBytes(join([REPORT, report, feedback, BYE]), readControl);
  });
});
