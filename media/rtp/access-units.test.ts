import { expect, test } from 'bun:test';
import { AccessUnits } from './access-units.ts';
import type { Ordered } from './reorder.ts';

const packet = (timestamp: number, marker: boolean, ...payload: readonly number[]): Ordered => ({
  kind: 'packet',
  packet: { sequence: 0, timestamp, marker, payload: Uint8Array.from(payload) },
});
const lost: Ordered = { kind: 'lost', count: 1 };

/** Units as `timestamp:payloads`, or `broken`. */
function gather(...ordered: readonly Ordered[]): readonly string[] {
  const units = new AccessUnits();
  return ordered
    .flatMap((each) => units.push(each))
    .map((each) => (each.kind === 'broken' ? 'broken' : `${each.timestamp}:${each.payloads.join('|')}`));
}

test.each<[string, readonly Ordered[], readonly string[]]>([
  ['one packet', [packet(1, true, 7)], ['1:7']],
  ['several packets', [packet(1, false, 7, 8), packet(1, true, 9)], ['1:7,8|9']],
  ['no marker, but another time', [packet(1, false, 7), packet(2, true, 8)], ['1:7', '2:8']],
  ['padding between', [packet(1, true, 7), packet(1, false), packet(2, true, 8)], ['1:7', '2:8']],
  [
    'a loss in the middle',
    [packet(1, false, 7), lost, packet(1, true, 9), packet(2, true, 1)],
    ['broken', '2:1'],
  ],
  ['a loss of an end and a start', [packet(1, false, 7), lost, packet(2, true, 8)], ['broken', 'broken']],
  [
    'a loss between',
    [packet(1, true, 7), lost, packet(3, true, 8), packet(4, true, 9)],
    ['1:7', 'broken', '4:9'],
  ],
])('%s', (_, ordered, units) => {
  expect(gather(...ordered)).toEqual([...units]);
});

test('a picture that has no end is given up, and takes no memory', () => {
  const units = new AccessUnits();
  const payload = new Uint8Array(1024 * 1024);
  const part = { kind: 'packet', packet: { sequence: 0, timestamp: 1, marker: false, payload } } as const;
  for (let index = 0; index < 20; index++) expect(units.push(part)).toEqual([]);
  expect(units.push(packet(1, true, 1))).toEqual([{ kind: 'broken' }]);
});
