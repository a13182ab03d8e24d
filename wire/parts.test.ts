import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Segment, Timeline } from '../media/timeline.ts';
import { decode, encode, Parts, partsOf } from './parts.ts';
import { receive, type Snapshot, snapshotOf, type TimelineMessage } from './timeline.ts';

const TIMESCALE = 12_800;
const DAY = 86_400;

/** What NATS takes in a message unless it is told otherwise. */
const MAX_PAYLOAD = 1024 * 1024;

type Change = (number: number) => Partial<Segment>;

/** Segments of 1 s, with numbers as long as they get. */
function timelineOf(count: number, change: Change = () => ({})): Timeline {
  const timeline = new Timeline(TIMESCALE, count * 1_000);
  for (let number = 0; number < count; number++) {
    timeline.append({
      ...{ epoch: 'mi7d2k1x', discontinuity: 3, number, independent: number % 7 !== 0 },
      time: number * TIMESCALE,
      duration: TIMESCALE,
      size: 10_000_000 + ((number * 7_919_993) % 50_000_000),
      keySize: 1_000_000 + ((number * 104_729) % 5_000_000),
      wallClockMs: 1_760_000_000_000 + number * 1_000,
      ...change(number),
    });
  }
  return timeline;
}

/** What is heard of messages that went over NATS. */
function heard(messages: readonly TimelineMessage[]): readonly (TimelineMessage | null)[] {
  const parts = new Parts();
  return messages.map((message) => {
    const read = decode(encode(message));
    return read && parts.join(read);
  });
}

const joined = (parts: readonly Snapshot[]) => heard(parts).find((message) => message !== null) ?? null;

const segmentsOf = (message: TimelineMessage | null) =>
  message === null ? null : receive(null, message).segments;

describe('a snapshot of a day', () => {
  test.each<[string, Change, number]>([
    ['in one epoch', () => ({}), 6],
    [
      'in an epoch each',
      (number) => ({ epoch: (1_760_000_000_000 + number).toString(36), discontinuity: number }),
      48,
    ],
    [
      'by a clock that jumps each time',
      (number) => ({ wallClockMs: 1_760_000_000_000 + number * 1_010 }),
      48,
    ],
  ])('of segments of 1 s, %s, fits into messages of NATS', (_, change, count) => {
    const timeline = timelineOf(DAY, change);
    const parts = partsOf(snapshotOf(timeline));
    expect(Math.max(...parts.map((part) => JSON.stringify(part).length))).toBeLessThan(MAX_PAYLOAD / 2);
    expect(Math.abs(parts.length - count)).toBeLessThan(3);
    expect(segmentsOf(joined(parts))).toEqual(timeline.segments);
  });
});

describe('the parts of a snapshot', () => {
  const bytes = fc.integer({ min: 300, max: 5_000 });

  test('make the snapshot that they were made from, wherever they are cut', () => {
    const snapshot = snapshotOf(
      timelineOf(120, (number) => (number % 50 < 25 ? {} : { epoch: 'e', discontinuity: 4 })),
    );
    fc.assert(
      fc.property(bytes, (maxBytes) => {
        const parts = partsOf(snapshot, maxBytes);
        expect(parts.length).toBeGreaterThan(1);
        expect(segmentsOf(joined(parts))).toEqual(segmentsOf(snapshot));
      }),
    );
  });

  test('are one message where that is enough, and it says nothing of parts', () => {
    const snapshot = snapshotOf(timelineOf(30));
    expect(partsOf(snapshot)).toEqual([snapshot]);
  });

  test('say in the last what is open and recent, and that nothing follows', () => {
    const timeline = timelineOf(300);
    const head = { ...timelineOf(1).segments[0], epoch: 'mi7d2k1x', discontinuity: 3, number: 300 };
    const chunk = { duration: 6_400, size: 10, independent: true };
    timeline.grow({ ...head, time: 0, independent: true, wallClockMs: 0 }, 0, chunk);
    timeline.end();
    const parts = partsOf(snapshotOf(timeline), 4_000);
    expect(parts[0]).toMatchObject({ open: null, chunks: [] });
    const whole = joined(parts);
    expect(whole).toMatchObject({ ended: true, open: { number: 300, chunks: [chunk] } });
    expect(whole).not.toHaveProperty('part');
  });

  const [first, second, third] = partsOf(snapshotOf(timelineOf(250)), 4_096) as [
    Snapshot,
    Snapshot,
    Snapshot,
  ];
  const alone = snapshotOf(timelineOf(3));

  test.each<[string, readonly Snapshot[], readonly boolean[]]>([
    ['all heard', [first, second, third], [false, false, true]],
    ['the first not heard', [second, third, first], [false, false, false]],
    ['one not heard', [first, third], [false, false]],
    ['sent again from the start', [first, second, first, second, third], [false, false, false, false, true]],
    ['one heard twice', [first, second, second], [false, false, false]],
    ['one that stands alone between', [first, alone, second, third], [false, true, false, true]],
  ])('with %s are a snapshot when they are whole', (_, messages, whole) => {
    expect(partsOf(snapshotOf(timelineOf(250)), 4_096)).toHaveLength(3);
    expect(heard(messages).map((message) => message !== null)).toEqual([...whole]);
  });
});

describe('bytes of a message', () => {
  const long = snapshotOf(timelineOf(2_000));

  test('are compressed when they are many', () => {
    expect(encode(long).byteLength).toBeLessThan(JSON.stringify(long).length / 2);
    expect(decode(encode(long))).toEqual(long);
    expect(new TextDecoder().decode(encode(snapshotOf(timelineOf(3))))).toStartWith('{"type":"snapshot"');
  });

  test('that are cut off or spoiled are no message, and never make the reader throw', () => {
    const whole = encode(long);
    fc.assert(
      fc.property(fc.nat(whole.byteLength - 1), fc.nat(255), (at, byte) => {
        expect(decode(whole.subarray(0, at))).toBeNull();
        const spoiled = whole.slice();
        spoiled[at] = byte;
        decode(spoiled);
      }),
    );
  });

  test('that grow beyond all bounds are no message', () => {
    const spaces = new Uint8Array(9 * 1024 * 1024).fill(0x20);
    expect(decode(Bun.gzipSync(spaces))).toBeNull();
  });
});
