import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { assign, type Candidate } from './assign.ts';

type Edge = { id: string; capacity: number; viewers: number };

const edges = (count: number, capacity = 1_000): Edge[] =>
  Array.from({ length: count }, (_, index) => ({ id: `edge-${index + 1}`, capacity, viewers: 0 }));

const presentations = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);

/** Sends viewers one after another; gives how many found no edge. */
function send(fleet: readonly Edge[], viewers: readonly string[]): number {
  let refused = 0;
  for (const presentation of viewers) {
    const edge = assign(presentation, fleet);
    if (edge === null) refused += 1;
    else edge.viewers += 1;
  }
  return refused;
}

const fleets = fc
  .array(fc.record({ capacity: fc.integer({ min: 1, max: 50 }), viewers: fc.nat(60) }), {
    maxLength: 8,
  })
  .map((all): Edge[] => all.map((one, index) => ({ id: `edge-${index}`, ...one })));

describe('an edge for one more viewer', () => {
  test('is never a full one, and is null only when all are full', () => {
    fc.assert(
      fc.property(fleets, fc.string(), (fleet, presentation) => {
        const edge = assign(presentation, fleet);
        const free = fleet.filter(({ viewers, capacity }) => viewers + 1 <= capacity);
        if (edge === null) expect(free).toEqual([]);
        else expect(free).toContain(edge);
      }),
    );
  });

  test('is none of nothing', () => {
    expect(assign('bbb', [])).toBeNull();
  });

  test('does not depend on the order in which edges are named', () => {
    fc.assert(
      fc.property(fleets, fc.string(), (fleet, presentation) => {
        const [one, other] = [assign(presentation, fleet), assign(presentation, fleet.toReversed())];
        expect(other?.id).toBe(one?.id as string);
      }),
    );
  });
});

describe('viewers', () => {
  test('of one presentation stay together while that is fair to the others', () => {
    const fleet = edges(4);
    send(fleet, presentations(2_000));
    const before = fleet.map(({ viewers }) => viewers);
    send(fleet, Array(20).fill('bbb'));
    const grown = fleet.filter(({ viewers }, index) => viewers > (before[index] ?? 0));
    expect(grown.length).toBeLessThanOrEqual(2);
  });

  test('of one presentation spill over in one order, never above a quarter more than the share', () => {
    const fleet = edges(5);
    send(fleet, Array(1_000).fill('bbb'));
    for (const { viewers } of fleet) expect(viewers).toBeLessThanOrEqual(Math.ceil(1.25 * (1_000 / 5)));
    expect(
      fleet
        .map(({ viewers }) => viewers)
        .toSorted((a, b) => b - a)
        .slice(0, 4),
    ).toEqual([250, 250, 250, 250]);
  });

  test('of any mix never load an edge above its bounded share or its capacity', () => {
    const mixes = fc.array(fc.constantFrom('a', 'b', 'c', 'popular', 'popular', 'popular'), {
      maxLength: 300,
    });
    const capacities = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(mixes, capacities, (viewers, all) => {
        const fleet = all.map((capacity, index) => ({ id: `edge-${index}`, capacity, viewers: 0 }));
        const total = all.reduce((sum, capacity) => sum + capacity, 0);
        expect(send(fleet, viewers)).toBe(Math.max(0, viewers.length - total));
        const sent = Math.min(viewers.length, total);
        for (const { viewers: has, capacity } of fleet) {
          expect(has).toBeLessThanOrEqual(capacity);
          expect(has).toBeLessThanOrEqual(Math.ceil((1.25 * sent * capacity) / total));
        }
      }),
    );
  });

  test('of many presentations are spread by capacity', () => {
    const fleet = [...edges(3, 1_000), { id: 'large', capacity: 3_000, viewers: 0 }];
    const idle = fleet.map((edge) => ({ ...edge }));
    const chosen = presentations(3_000).map((presentation) => assign(presentation, idle)?.id);
    expect(chosen.filter((id) => id === 'large').length / 3_000).toBeCloseTo(0.5, 1);
  });
});

describe('presentations keep their edge', () => {
  const homes = (fleet: readonly Candidate[]) =>
    new Map(presentations(2_000).map((presentation) => [presentation, assign(presentation, fleet)?.id]));

  test('when another edge leaves', () => {
    const [before, after] = [homes(edges(5)), homes(edges(4))];
    for (const [presentation, home] of before) {
      if (home !== 'edge-5') expect(after.get(presentation)).toBe(home as string);
    }
  });

  test('when an edge joins, but for the share that it takes over', () => {
    const [before, after] = [homes(edges(4)), homes(edges(5))];
    const moved = [...before].filter(([presentation, home]) => after.get(presentation) !== home);
    expect(moved.every(([presentation]) => after.get(presentation) === 'edge-5')).toBe(true);
    expect(moved.length / before.size).toBeCloseTo(0.2, 1);
  });
});
