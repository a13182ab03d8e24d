import { expect } from 'bun:test';
import fc from 'fast-check';
import { MalformedBox } from '../media/isobmff/box.ts';

/** Mutated inputs of each parser; `HEADWATER_FUZZ_RUNS` asks for more. */
export const FUZZ_RUNS = Number(process.env.HEADWATER_FUZZ_RUNS ?? 300);

/** Changes, cuts and lengthens bytes at chance. */
export const mutated = (whole: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(Math.max(0, whole.length - 1)), fc.nat(255)), { minLength: 1, maxLength: 16 }),
      fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([changes, length, tail]) => {
      const bytes = Uint8Array.from([...whole.subarray(0, length), ...tail]);
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      return bytes;
    });

/** Reads mutations of good bytes: a parser may only answer, or throw a MalformedBox. */
export function brokenBytes(whole: Uint8Array, parse: (bytes: Uint8Array) => unknown): void {
  const property = fc.property(mutated(whole), (bytes) => {
    try {
      parse(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedBox);
    }
  });
  fc.assert(property, { numRuns: FUZZ_RUNS });
}
