import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { SEQUENCE_MASK } from '../../../media/srt/sequence.ts';
import { ReceiveBuffer, WINDOW_PACKETS } from './receive-buffer.ts';

const LATENCY_MS = 100;

const payload = (number: number) => new Uint8Array(new Uint32Array([number]).buffer);
const numberOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);

/** Counts from `initial`, and speaks in numbers from 0. */
function open(initial = 1_000) {
  const buffer = new ReceiveBuffer(initial, LATENCY_MS);
  const at = (number: number) => (initial + number) % (SEQUENCE_MASK + 1);
  const place = (number: number, nowMs = 0) => {
    const placed = buffer.place(at(number), payload(number), nowMs);
    return placed.kind === 'placed' ? placed.ready.map(numberOf) : placed.kind;
  };
  const giveUp = (nowMs: number) => buffer.giveUp(nowMs).map(numberOf);
  return { buffer, at, place, giveUp };
}

describe('packets', () => {
  test('in order are given out at once', () => {
    const { place, buffer, at } = open();
    expect([0, 1, 2].map((number) => place(number))).toEqual([[0], [1], [2]]);
    expect(buffer.next).toBe(at(3));
  });

  test('behind a gap wait for it', () => {
    const { place, buffer, at } = open();
    expect([0, 2, 3, 1].map((number) => place(number))).toEqual([[0], [], [], [1, 2, 3]]);
    expect(buffer.next).toBe(at(4));
    expect(buffer.lost).toBe(0);
  });

  test('that come twice are stale', () => {
    const { place } = open();
    expect([0, 0, 2, 2, 1, 1].map((number) => place(number))).toEqual([
      [0],
      'stale',
      [],
      'stale',
      [1, 2],
      'stale',
    ]);
  });

  test('go on when their numbers wrap', () => {
    const { place, buffer } = open(SEQUENCE_MASK - 1);
    expect([0, 1, 3, 2, 4].map((number) => place(number))).toEqual([[0], [1], [], [2, 3], [4]]);
    expect(buffer.next).toBe(3);
  });

  test('from before the start are stale', () => {
    const { buffer } = open(2);
    expect(buffer.place(0, payload(0), 0).kind).toBe('stale');
    expect(buffer.place(SEQUENCE_MASK, payload(0), 0).kind).toBe('stale');
  });
});

describe('a gap', () => {
  test('is told once when it opens', () => {
    const { buffer, at } = open();
    expect(buffer.place(at(3), payload(3), 0)).toMatchObject({ gap: { first: at(0), last: at(2) } });
    expect(buffer.place(at(4), payload(4), 0)).toMatchObject({ gap: null });
  });

  test('is asked for again after a while, without what has come', () => {
    const { buffer, at, place } = open();
    place(5, 0);
    place(2, 10);
    expect(buffer.missing(10, 20)).toEqual([]);
    expect(buffer.missing(20, 20)).toEqual([
      { first: at(0), last: at(1) },
      { first: at(3), last: at(4) },
    ]);
    expect(buffer.missing(30, 20)).toEqual([]);
  });

  test('is given up after the latency, counted from when it was noticed', () => {
    const { buffer, place, giveUp } = open();
    place(2, 1_000);
    place(4, 1_050);
    expect(giveUp(1_099)).toEqual([]);
    expect(giveUp(1_100)).toEqual([2]);
    expect(buffer.lost).toBe(2);
    expect(giveUp(1_150)).toEqual([4]);
    expect(buffer.lost).toBe(3);
    expect(place(3, 1_200)).toBe('stale');
  });

  test('is not waited for when the sender has not got it any more', () => {
    const { buffer, at, place, giveUp } = open();
    place(3);
    buffer.forgo({ first: at(0), last: at(2) });
    expect(giveUp(0)).toEqual([3]);
  });
});

describe('the window', () => {
  test('tells its room, and takes nothing behind it', () => {
    const { buffer, place } = open();
    place(WINDOW_PACKETS - 1);
    expect(buffer.available).toBe(0);
    expect(place(WINDOW_PACKETS)).toBe('beyond');
    expect(buffer.available).toBe(0);
  });

  test('moves to a sender who stays far ahead', () => {
    const { place, buffer } = open();
    place(0);
    place(2);
    const far = Array.from({ length: 17 }, (_, index) => place(20_000 + index));
    expect(far.slice(0, 15)).toEqual(Array(15).fill('beyond'));
    expect(far.slice(15)).toEqual([[2, 20_015], [20_016]]);
    expect(buffer.lost).toBe(20_013);
  });
});

test('whatever is lost and however it is mixed, what comes out is in order and counted', () => {
  const traffic = fc.array(fc.record({ delay: fc.nat(12), isLost: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(SEQUENCE_MASK), traffic, (initial, packets) => {
      const { place, giveUp, buffer } = open(initial);
      const coming = packets
        .map(({ delay, isLost }, number) => ({ number, atMs: number + delay, isLost }))
        .filter(({ isLost }) => !isLost)
        .toSorted((a, b) => a.atMs - b.atMs);
      const out = coming.flatMap(({ number, atMs }) => {
        const placed = place(number, atMs);
        return Array.isArray(placed) ? placed : [];
      });
      out.push(...giveUp(1_000_000));
      expect(out).toEqual(coming.map(({ number }) => number).toSorted((a, b) => a - b));
      expect(out.length + buffer.lost).toBe(Math.max(-1, ...out) + 1);
    }),
    { numRuns: 300 },
  );
});
