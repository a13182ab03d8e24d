import fc from 'fast-check';
import { MalformedBox } from '../media/isobmff/box.ts';

/** Mutated inputs of each parser; `HEADWATER_FUZZ_RUNS` asks for more. */
export const FUZZ_RUNS = Number(process.env.HEADWATER_FUZZ_RUNS ?? 300);

/** Bytes that are changed, where the whole is cut, and what comes behind it. */
export type Mutation = {
  readonly changes: readonly (readonly [at: number, value: number])[];
  readonly length: number;
  readonly tail: Uint8Array;
};

/** Mutations of a whole of some length. */
export const mutations = (length: number): fc.Arbitrary<Mutation> =>
  fc.record({
    changes: fc.array(fc.tuple(fc.nat(Math.max(0, length - 1)), fc.nat(255)), {
      minLength: 1,
      maxLength: 16,
    }),
    length: fc.oneof(fc.constant(length), fc.nat(length)),
    tail: fc.uint8Array({ maxLength: 8 }),
  });

export function mutate(whole: Uint8Array, { changes, length, tail }: Mutation): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length + tail.length);
  bytes.set(whole.subarray(0, length));
  bytes.set(tail, length);
  for (const [at, value] of changes) if (at < length) bytes[at] = value;
  return bytes;
}

type Refusal = new (...args: never[]) => Error;

/** Reads mutations of good bytes: a parser may only answer, or throw an error of a kind that says they are broken. */
export function brokenBytes(
  whole: Uint8Array,
  parse: (bytes: Uint8Array) => unknown,
  kinds: readonly Refusal[] = [MalformedBox],
): void {
  const property = fc.property(mutations(whole.length), (mutation) => {
    try {
      parse(mutate(whole, mutation));
    } catch (error) {
      if (!kinds.some((kind) => error instanceof kind)) throw error;
    }
  });
  fc.assert(property, { numRuns: FUZZ_RUNS });
}
