import { describe, expect, test } from 'bun:test';
import { type Box, children, find, MalformedBox, need, readHeader } from './box.ts';
import { box, text, u32, u64 } from './writer.ts';

const whole = (bytes: Uint8Array): Box => {
  const found = readHeader(bytes, 0);
  if (found === null) throw new Error('no header');
  return found;
};

const concat = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('a box header', () => {
  test('says type, body and end', () => {
    expect(readHeader(box('free', new Uint8Array(5)), 0)).toEqual({
      type: 'free',
      start: 0,
      body: 8,
      end: 13,
    });
  });

  test('is read where it stands', () => {
    const bytes = concat(box('free'), box('mdat', u32(1)));
    expect(readHeader(bytes, 8)).toEqual({ type: 'mdat', start: 8, body: 16, end: 20 });
  });

  test('with a 64-bit size is longer', () => {
    const bytes = concat(u32(1), text('mdat'), u64(20), u32(7));
    expect(readHeader(bytes, 0)).toEqual({ type: 'mdat', start: 0, body: 16, end: 20 });
  });

  test('may promise more than is there', () => {
    expect(readHeader(concat(u32(1000), text('mdat')), 0)).toMatchObject({ end: 1000 });
  });

  test.each([
    ['empty', new Uint8Array()],
    ['7 bytes long', new Uint8Array(7)],
    ['a 64-bit one without its size', concat(u32(1), text('mdat'), u32(0))],
  ])('that is %s needs more bytes', (_, bytes) => {
    expect(readHeader(bytes, 0)).toBeNull();
  });

  test.each([
    ['0: to the end of the file', concat(u32(0), text('mdat'))],
    ['2', concat(u32(2), text('mdat'))],
    ['7', concat(u32(7), text('mdat'))],
    ['15 in 64 bits', concat(u32(1), text('mdat'), u64(15))],
    ['2^64 - 1', concat(u32(1), text('mdat'), u32(0xffff_ffff, 0xffff_ffff))],
  ])('of size %s is malformed', (_, bytes) => {
    expect(() => readHeader(bytes, 0)).toThrow(MalformedBox);
  });
});

describe('children', () => {
  const parent = box('moov', box('mvhd', u32(1)), box('trak', box('tkhd', u32(9))), box('trak'));

  test('are found in order', () => {
    expect(children(parent, 8, parent.byteLength).map(({ type }) => type)).toEqual(['mvhd', 'trak', 'trak']);
  });

  test('are found by path; the first of a type counts', () => {
    const tkhd = need(parent, whole(parent), 'trak', 'tkhd');
    expect(new DataView(parent.buffer).getUint32(tkhd.body)).toBe(9);
    expect(find(parent, whole(parent), 'udta')).toBeNull();
  });

  test('that are missing are named, with where', () => {
    expect(() => need(parent, whole(parent), 'trak', 'mdia')).toThrow('trak: has no mdia');
  });

  test.each([
    ['ends after its parent', box('moov', u32(100), text('trak'))],
    ['has half a header', box('moov', u32(8))],
    ['has size 0', box('moov', u32(0), text('trak'))],
  ])('are malformed when one %s', (_, bytes) => {
    expect(() => children(bytes, 8, bytes.byteLength)).toThrow(MalformedBox);
  });
});
