import { describe, expect, test } from 'bun:test';
import { Handshake, RANDOM_BYTES } from './handshake.ts';
import { MalformedRtmp } from './malformed.ts';

const random = new Uint8Array(RANDOM_BYTES).fill(9);
const C0C1 = Uint8Array.from([3, ...new Uint8Array(1536).map((_, index) => index)]);
const C2 = new Uint8Array(1536);

describe('a handshake', () => {
  test('answers C1 with S0, S1 and an echo of it, and is over after C2', () => {
    const handshake = new Handshake(random);
    const { reply, rest } = handshake.push(C0C1);
    expect(rest).toBeNull();
    expect(reply?.length).toBe(1 + 1536 * 2);
    expect(reply?.subarray(0, 9)).toEqual(Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0));
    expect(reply?.subarray(9, 9 + RANDOM_BYTES)).toEqual(random);
    expect(reply?.subarray(1 + 1536 + 8)).toEqual(C0C1.subarray(9));
    expect(handshake.push(Uint8Array.from([...C2, 1, 2]))).toEqual({
      reply: null,
      rest: Uint8Array.of(1, 2),
    });
  });

  test('goes the same way byte by byte', () => {
    const handshake = new Handshake(random);
    const steps = [...C0C1, ...C2].map((byte) => handshake.push(Uint8Array.of(byte)));
    expect(steps.filter(({ reply }) => reply !== null).length).toBe(1);
    expect(steps.findIndex(({ reply }) => reply !== null)).toBe(1536);
    expect(steps.findIndex(({ rest }) => rest !== null)).toBe(1 + 1536 * 2 - 1);
  });

  test('takes everything at once', () => {
    const { reply, rest } = new Handshake(random).push(Uint8Array.from([...C0C1, ...C2, 5]));
    expect(reply).not.toBeNull();
    expect(rest).toEqual(Uint8Array.of(5));
  });

  test.each([0, 6, 22, 71])('is not of version %d', (version) => {
    expect(() => new Handshake(random).push(Uint8Array.of(version))).toThrow(MalformedRtmp);
  });
});
