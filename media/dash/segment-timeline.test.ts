import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Placed, segmentTimeline } from './segment-timeline.ts';
import type { Element } from './xml.ts';

type S = { readonly t?: number; readonly d: number; readonly r?: number };

const placed = (...pairs: readonly (readonly [number, number])[]): Placed[] =>
  pairs.map(([time, duration]) => ({ time, duration }));

const attributes = ({ children }: Element) => children.map((child) => withoutNull(child.attributes));
const withoutNull = (record: Element['attributes']) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));

const TABLE: readonly (readonly [string, readonly Placed[], readonly S[]])[] = [
  ['nothing', [], []],
  ['one segment', placed([7, 2]), [{ t: 7, d: 2 }]],
  ['equal ones', placed([0, 2], [2, 2], [4, 2]), [{ t: 0, d: 2, r: 2 }]],
  ['a shorter last one', placed([0, 2], [2, 2], [4, 1]), [{ t: 0, d: 2, r: 1 }, { d: 1 }]],
  ['durations that take turns', placed([0, 2], [2, 3], [5, 2]), [{ t: 0, d: 2 }, { d: 3 }, { d: 2 }]],
  [
    'a gap',
    placed([0, 2], [3, 2]),
    [
      { t: 0, d: 2 },
      { t: 3, d: 2 },
    ],
  ],
];

test.each(TABLE)('%s', (_, segments, listed) => {
  expect(attributes(segmentTimeline(segments))).toEqual([...listed]);
});

/** What a player makes of it. */
function expand(list: readonly Element['attributes'][]): Placed[] {
  let end = 0;
  return list.flatMap(({ t, d, r }) =>
    Array.from({ length: Number(r ?? 0) + 1 }, (_, index) => {
      const time = index === 0 && t !== undefined ? Number(t) : end;
      end = time + Number(d);
      return { time, duration: Number(d) };
    }),
  );
}

const steps = fc.array(fc.record({ gap: fc.constantFrom(0, 0, 0, 1), duration: fc.constantFrom(1, 2) }));

test('is read back as the same segments', () => {
  fc.assert(
    fc.property(steps, (list) => {
      let end = 0;
      const segments = list.map(({ gap, duration }) => {
        const time = end + gap;
        end = time + duration;
        return { time, duration };
      });
      expect(expand(attributes(segmentTimeline(segments)))).toEqual(segments);
    }),
  );
});
