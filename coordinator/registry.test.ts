import { describe, expect, test } from 'bun:test';
import { edge, hear, lease } from '../tests/fleet.ts';
import { Registry } from './registry.ts';

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const ids = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);

describe('an edge', () => {
  test('is available for as long as its lease lasts', () => {
    const registry = new Registry();
    hear(registry, {}, 10_000);
    expect(ids(registry.available(13_000))).toEqual(['edge-1']);
    expect(registry.available(13_001)).toEqual([]);
    expect(registry.members(13_001)).toMatchObject([{ state: 'gone', heardMs: 10_000 }]);
  });

  test('that renews its lease stays', () => {
    const registry = new Registry();
    for (let second = 0; second < 10; second++) hear(registry, {}, second * 1_000);
    expect(registry.available(11_000)).toHaveLength(1);
    expect(registry.members(11_000)).toHaveLength(1);
  });

  test('says itself how long its lease lasts', () => {
    const registry = new Registry();
    hear(registry, { ttlMs: 500 }, 0);
    expect(registry.available(501)).toEqual([]);
  });

  test('that drains is listed, and given no viewers', () => {
    const registry = new Registry();
    hear(registry, { draining: true }, 0);
    expect(registry.available(0)).toEqual([]);
    expect(registry.members(0)).toMatchObject([{ state: 'draining' }]);
  });

  test('that drained and was gone is gone', () => {
    const registry = new Registry();
    hear(registry, { draining: true }, 0);
    expect(registry.members(5_000)).toMatchObject([{ state: 'gone' }]);
  });

  test('that comes back is available again', () => {
    const registry = new Registry();
    hear(registry, {}, 0);
    hear(registry, {}, 50_000);
    expect(registry.available(50_000)).toHaveLength(1);
  });

  test('is forgotten a minute after it was last heard', () => {
    const registry = new Registry();
    hear(registry, {}, 0);
    expect(registry.members(60_000)).toHaveLength(1);
    expect(registry.members(60_001)).toEqual([]);
  });
});

test('members are in the order of their ids', () => {
  const registry = new Registry();
  for (const id of ['c', 'a', 'b']) hear(registry, { edge: edge(id) }, 0);
  expect(registry.members(0).map((member) => `${member.lease.edge}`)).toEqual(['a', 'b', 'c']);
});

test.each([
  ['nothing', new Uint8Array()],
  ['no JSON', new TextEncoder().encode('{"edge":')],
  ['null', bytes(null)],
  ['no edge', bytes({ ...lease(), edge: undefined })],
  ['an edge with a bad name', bytes({ ...lease(), edge: 'Edge 1' })],
  ['port 0', bytes({ ...lease(), port: 0 })],
  ['no capacity', bytes({ ...lease(), capacity: 0 })],
  ['fewer than no viewers', bytes({ ...lease(), viewers: -1 })],
  ['a URL that is none', bytes({ ...lease(), publicUrl: 'nowhere' })],
  ['too many addresses', bytes({ ...lease(), addresses: Array(33).fill('10.0.0.1') })],
])('%s is no lease: it is refused, and the last good one stays', (_, data) => {
  const registry = new Registry();
  hear(registry, {}, 0);
  expect(registry.hear(data, 2_000)).toBe(false);
  expect(registry.members(2_000)).toMatchObject([{ heardMs: 0 }]);
});

describe('viewers on their way', () => {
  const viewers = (registry: Registry, nowMs: number) => registry.available(nowMs)[0]?.viewers;

  test('count at once, and less and less as the edge comes to count them itself', () => {
    const registry = new Registry();
    hear(registry, { viewers: 5, ttlMs: 60_000 }, 0);
    registry.send(edge('edge-1'), 0);
    registry.send(edge('edge-1'), 0);
    expect(viewers(registry, 0)).toBe(7);
    expect(viewers(registry, 5_000)).toBe(6);
    expect(viewers(registry, 10_000)).toBe(5);
    expect(viewers(registry, 20_000)).toBe(5);
  });

  test('survive a renewal', () => {
    const registry = new Registry();
    hear(registry, {}, 0);
    registry.send(edge('edge-1'), 0);
    hear(registry, {}, 1_000);
    expect(viewers(registry, 1_000)).toBeCloseTo(0.9);
  });

  test('to an edge that nobody knows are nobody', () => {
    const registry = new Registry();
    registry.send(edge('edge-9'), 0);
    expect(registry.members(0)).toEqual([]);
  });
});
