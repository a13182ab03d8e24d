import { expect, test } from 'bun:test';
import { stepsOf, unexplained } from './continuity.ts';

const packets = (stream: number, starts: readonly number[]) =>
  starts.map((dts) => ({ stream, dts, duration: 1 }));

test.each([
  ['nothing missing', [0, 1, 2], [], 0],
  ['a gap, where the source was lost', [0, 1, 4], [2], 0],
  ['two gaps', [0, 3, 6], [2, 2], 1],
  ['a packet twice', [0, 1, 1, 2], [-1], 1],
  ['a gap that is too long', [0, 12], [11], 1],
])('of %s', (_, starts, by, count) => {
  const steps = stepsOf([...packets(0, starts), ...packets(1, [5, 6, 7])]);
  expect(steps.map(({ bySeconds }) => bySeconds)).toEqual([...by]);
  expect(unexplained(steps)).toHaveLength(count);
});

test('each stream may have the gap of the loss', () => {
  const steps = stepsOf([...packets(0, [0, 3]), ...packets(1, [0, 3])]);
  expect(steps).toHaveLength(2);
  expect(unexplained(steps)).toEqual([]);
});
