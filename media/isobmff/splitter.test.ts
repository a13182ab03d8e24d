import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { MalformedBox } from './box.ts';
import { BoxSplitter, type WholeBox } from './splitter.ts';
import { box, text, u32, u64 } from './writer.ts';

const concat = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

const LARGE = concat(u32(1), text('mdat'), u64(19), Uint8Array.of(1, 2, 3));
const STREAM = concat(
  box('ftyp', text('cmfc')),
  box('free'),
  LARGE,
  box('mdat', new Uint8Array(300).fill(7)),
);

/** Feeds a stream in pieces of the given sizes, over and over. */
function split(stream: Uint8Array, sizes: readonly number[], maxBytes = 1_000): WholeBox[] {
  const splitter = new BoxSplitter(maxBytes);
  const found: WholeBox[] = [];
  for (let at = 0, turn = 0; at < stream.byteLength; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    found.push(...splitter.push(stream.slice(at, at + size)));
    at += size;
  }
  return found;
}

describe('a stream of boxes', () => {
  test('is split into the boxes it holds', () => {
    const found = split(STREAM, [STREAM.byteLength]);
    expect(found.map(({ type, bytes }) => [type, bytes.byteLength])).toEqual([
      ['ftyp', 12],
      ['free', 8],
      ['mdat', 19],
      ['mdat', 308],
    ]);
    expect(concat(...found.map(({ bytes }) => bytes))).toEqual(STREAM);
  });

  test('gives the same byte by byte', () => {
    expect(split(STREAM, [1])).toEqual(split(STREAM, [STREAM.byteLength]));
  });

  test('gives the same in pieces of any sizes', () => {
    const whole = split(STREAM, [STREAM.byteLength]);
    const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(sizes, (pieces) => expect(split(STREAM, pieces)).toEqual(whole)));
  });

  test('places each box at the start of its own bytes', () => {
    const [, , large] = split(STREAM, [7]);
    expect(large?.box).toEqual({ type: 'mdat', start: 0, body: 16, end: 19 });
    expect(large?.bytes.subarray(16)).toEqual(Uint8Array.of(1, 2, 3));
  });

  test('that is cut short gives what is whole, and holds the rest', () => {
    const splitter = new BoxSplitter(1_000);
    expect(splitter.push(STREAM.subarray(0, 50)).map(({ type }) => type)).toEqual(['ftyp', 'free', 'mdat']);
    expect(splitter.pending).toBe(50 - 39);
  });

  test.each([
    ['in one piece', [2_000]],
    ['byte by byte', [1]],
    ['in pieces', [100]],
  ])('with a box above the bound is malformed, told %s', (_, sizes) => {
    const stream = box('mdat', new Uint8Array(1_500));
    expect(() => split(stream, sizes)).toThrow(MalformedBox);
    expect(split(stream, sizes, stream.byteLength)).toHaveLength(1);
  });

  test('refuses a box above the bound at its header: it never holds it', () => {
    const splitter = new BoxSplitter(1_000);
    expect(() => splitter.push(concat(u32(1_001), text('mdat')))).toThrow(MalformedBox);
  });

  test('has no box of size 0, wherever it stands', () => {
    const stream = concat(box('free'), u32(0), text('mdat'), new Uint8Array(20));
    for (const sizes of [[1], [5], [100]]) expect(() => split(stream, sizes)).toThrow(MalformedBox);
  });
});
