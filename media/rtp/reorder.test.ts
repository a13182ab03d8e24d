import { expect, test } from 'bun:test';
import fc from 'fast-check';
import type { Packet } from './packet.ts';
import { type Ordered, Reorder } from './reorder.ts';

const packet = (sequence: number): Packet => ({
  sequence: sequence & 0xffff,
  timestamp: 0,
  marker: false,
  payload: new Uint8Array(),
});

/** Sequence numbers, and `-n` for n that were lost. */
const show = (ordered: readonly Ordered[]) =>
  ordered.map((each) => (each.kind === 'packet' ? each.packet.sequence : -each.count));

/** Pushes one packet each millisecond. */
function through(sequences: readonly number[], { waitMs = 1_000, packetsMax = 1_000 } = {}) {
  const reorder = new Reorder({ waitMs, packetsMax });
  return sequences.flatMap((sequence, nowMs) => show(reorder.push(packet(sequence), nowMs)));
}

test.each<[string, readonly number[], readonly number[]]>([
  ['in order', [1, 2, 3], [1, 2, 3]],
  ['out of order', [1, 3, 4, 2, 5], [1, 2, 3, 4, 5]],
  ['twice', [1, 1, 2, 3, 2], [1, 2, 3]],
  ['over the end of the counter', [65_534, 0, 65_535, 1], [65_534, 65_535, 0, 1]],
  ['after a jump of the sender', [1, 2, 30_000, 30_001], [1, 2, -1, 30_000, 30_001]],
])('packets that come %s', (_, sequences, ordered) => {
  expect(through(sequences)).toEqual([...ordered]);
});

test('a packet is waited for no longer than it should be', () => {
  expect(through([1, 3, 4, 5, 6], { waitMs: 3 })).toEqual([1, -1, 3, 4, 5, 6]);
});

test('no more packets are held than there should be', () => {
  expect(through([1, 3, 5, 7], { packetsMax: 2 })).toEqual([1, -1, 3]);
});

test('a packet that comes after it was given up is dropped', () => {
  expect(through([1, 3, 4, 2, 5], { waitMs: 1 })).toEqual([1, -1, 3, 4, 5]);
});

test('what comes out never goes back, and what is lost is counted, whatever comes in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(200), { maxLength: 300 }),
      fc.integer({ min: 1, max: 20 }),
      (list, waitMs) => {
        let next = list[0] ?? 0;
        for (const value of through(list, { waitMs, packetsMax: 50 })) {
          if (value < 0) next -= value;
          else expect(value).toBe(next++);
        }
      },
    ),
  );
});
