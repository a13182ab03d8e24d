import { expect, test } from 'bun:test';
import { TrackId } from '../../wire/ids.ts';
import { History } from './history.ts';

const packet = (sequence: number) => Uint8Array.of(0x80, 96, sequence >> 8, sequence, 0, 0, 0, 0, 0, 0, 0, 0);

function batch(...sequences: readonly number[]) {
  const sample = { dts: 0, compositionOffset: 0, duration: 0, sync: true, data: new Uint8Array() };
  return { track: TrackId.parse('v'), packets: sequences.map(packet), sample, sync: true, atSeconds: 0 };
}

test('the last 512 packets are kept, also where their numbers begin anew', () => {
  const history = new History();
  for (let sequence = 65_000; sequence < 65_000 + 1_000; sequence++) history.add(batch(sequence & 0xffff));
  const last = (65_000 + 999) & 0xffff;
  for (const back of [0, 1, 511]) {
    const sequence = (last - back) & 0xffff;
    expect(history.get(sequence)).toEqual(packet(sequence));
  }
  expect(history.get((last - 512) & 0xffff)).toBeNull();
  expect(history.get((last + 1) & 0xffff)).toBeNull();
});

test('what several viewers are sent is added once', () => {
  const history = new History();
  const first = batch(1, 2);
  history.add(first);
  const second = batch(3);
  history.add(second);
  history.add(second);
  expect([1, 2, 3].map((sequence) => history.get(sequence)?.[3])).toEqual([1, 2, 3]);
});
