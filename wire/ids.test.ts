import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { Epoch, epochAt, NodeId, PresentationId, startOf, TrackId } from './ids.ts';
import { leaseSubject, timelineSubject, trackOf } from './subjects.ts';

const GOOD = ['b', '0', 'bbb', 'demo-live', 'a_b', '1-2_3', 'a'.repeat(64)];
const BAD = ['', '-a', '_a', 'A', 'a.b', 'a b', 'a*', '>', 'a/b', '..', 'é', 'a\n', '\0', 'a'.repeat(65)];

describe.each([
  ['presentation', PresentationId],
  ['track', TrackId],
  ['node', NodeId],
])('a %s id', (_, Id) => {
  test.each(GOOD)('may be %p', (id) => {
    expect<string | undefined>(Id.safeParse(id).data).toBe(id);
  });

  test.each([...BAD, 7, null, undefined, {}])('may not be %p', (id) => {
    expect(Id.safeParse(id).success).toBe(false);
  });

  test('that is refused says what it may be', () => {
    expect(Id.safeParse('A').error?.issues[0]?.message).toContain('1 to 64 of a-z, 0-9, _ and -');
  });
});

describe('an epoch', () => {
  test.each(['0', 'z', 'mi7d2k1x', '1'.repeat(16)])('may be %p', (text) => {
    expect(Epoch.safeParse(text).success).toBe(true);
  });

  test.each(['', 'A', '-1', 'a.b', 'a/b', '1'.repeat(17)])('may not be %p', (text) => {
    expect(Epoch.safeParse(text).success).toBe(false);
  });

  test('that starts later sorts later, as text', () => {
    const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2059, 0) });
    fc.assert(fc.property(moment, moment, (a, b) => Math.sign(a - b) === compare(epochAt(a), epochAt(b))));
  });

  test('of a fractional moment is an epoch too', () => {
    expect(epochAt(1_700_000_000_000.9)).toBe(epochAt(1_700_000_000_000));
  });

  test('says when it started', () => {
    fc.assert(fc.property(fc.nat(Date.UTC(2059, 0)), (atMs) => expect(startOf(epochAt(atMs))).toBe(atMs)));
  });
});

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

test('subjects are made of ids without loss', () => {
  const track = TrackId.parse('v720');
  const subject = timelineSubject(PresentationId.parse('demo-live'), track);
  expect(subject.split('.')).toHaveLength(4);
  expect(trackOf(subject)).toBe(track);
  expect(leaseSubject(NodeId.parse('edge-1'))).toBe('headwater.lease.edge-1');
});
