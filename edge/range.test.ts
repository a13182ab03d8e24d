import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { parseRange, type Range } from './range.ts';

const WHOLE: Range = { kind: 'whole' };
const NONE: Range = { kind: 'unsatisfiable' };
const part = (first: number, last: number): Range => ({ kind: 'part', first, last });

describe('of 100 bytes', () => {
  test.each<[string | null, Range]>([
    [null, WHOLE],
    ['bytes=0-0', part(0, 0)],
    ['bytes=0-99', part(0, 99)],
    ['bytes=10-19', part(10, 19)],
    ['bytes=10-', part(10, 99)],
    ['bytes=99-', part(99, 99)],
    ['bytes=90-200', part(90, 99)],
    ['bytes=-1', part(99, 99)],
    ['bytes=-100', part(0, 99)],
    ['bytes=-1000', part(0, 99)],
    ['Bytes= 1-2 ', part(1, 2)],
    ['bytes=0-1,5-6', WHOLE],
    ['bytes=0-1, -5', WHOLE],
    ['bytes=100-', NONE],
    ['bytes=100-200', NONE],
    ['bytes=20-10', NONE],
    ['bytes=-0', NONE],
    ['bytes=-', NONE],
    ['bytes=', NONE],
    ['bytes', NONE],
    ['', NONE],
    ['bytes=a-b', NONE],
    ['bytes=1-2-3', NONE],
    ['bytes=1.5-2', NONE],
    ['bytes=+1-2', NONE],
    ['bytes=0x1-2', NONE],
    ['items=0-1', WHOLE],
    ['bytes=0-9999999999999999', NONE],
  ])('%p', (header, range) => expect(parseRange(header, 100)).toEqual(range));
});

test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of nothing', (header) =>
  expect(parseRange(header, 0)).toEqual(NONE),
);

test('what parses lies inside, whatever the header', () => {
  const header = fc.oneof(
    fc.string(),
    fc.string().map((text) => `bytes=${text}`),
    fc.tuple(fc.nat(), fc.nat()).map(([first, last]) => `bytes=${first}-${last}`),
    fc.nat().map((suffix) => `bytes=-${suffix}`),
  );
  const inside = (range: Range, size: number) =>
    range.kind !== 'part' || (range.first >= 0 && range.first <= range.last && range.last < size);
  fc.assert(
    fc.property(header, fc.nat({ max: 1_000 }), (text, size) => inside(parseRange(text, size), size)),
  );
});

test('what is inside parses as it was printed', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, beyond) => {
      const last = first + more;
      expect(parseRange(`bytes=${first}-${last}`, last + 1 + beyond)).toEqual(part(first, last));
    }),
  );
});
